import dayjs, { type Dayjs } from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';

dayjs.extend(utc);
dayjs.extend(timezone);

let company: string | undefined;
/** By how much business time is ahead of the browser's clock, in milliseconds: in the demo, by days. */
let ahead = 0;

/** The company's time zone: hours, days and windows are told in it, wherever the reader sits. */
export const companyZone = () => company;

export function setCompanyZone(zone: string | undefined): void {
  company = zone;
}

/** Tells what business time it is now, wherever the server's clock stands. */
export function setBusinessTime(instant: string): void {
  ahead = Date.parse(instant) - Date.now();
}

const WALL = 'YYYY-MM-DDTHH:mm:ss';

/** What the clock on the company's wall shows at an instant, for pickers, which know no zones. */
export const onTheWall = (instant: string | undefined): Dayjs =>
  company ? dayjs(dayjs(instant).tz(company).format(WALL)) : dayjs(instant);

/** The minute it is now on the company's wall. */
export const nowOnTheWall = (): Dayjs => onTheWall(new Date(Date.now() + ahead).toISOString()).startOf('minute');

/** The instant at which the clock on the company's wall shows what was picked. */
export const atTheWall = (picked: Dayjs): string =>
  (company ? dayjs.tz(picked.format(WALL), company) : picked).toISOString();
