import generate from '@rc-component/picker/generate/dayjs';
import { DatePicker as AntDatePicker, TimePicker, type DatePickerProps } from 'antd';
import type { Dayjs } from 'dayjs';
import type { ComponentProps, KeyboardEvent } from 'react';
import { nowOnTheWall } from '../zone';

/** Its today and its “Now” are the company's, in the demo too. */
const CompanyPicker = AntDatePicker.generatePicker<Dayjs>({ ...generate, getNow: nowOnTheWall });

/** Enter takes what was typed; the form the picker stands in is not sent with it. */
export function takeOnly(event: Pick<KeyboardEvent, 'key' | 'preventDefault'>): void {
  if (event.key === 'Enter') {
    event.preventDefault();
  }
}

const MINUTES = 'YYYY-MM-DD HH:mm';

type DayProps = Omit<DatePickerProps<Dayjs, false>, 'onKeyDown' | 'showTime' | 'format'>;

/** A day. */
export function DayPicker(props: DayProps) {
  return <CompanyPicker {...props} onKeyDown={takeOnly} />;
}

/** A day and the time of it, to the minute. */
export function MomentPicker(props: DayProps) {
  return <CompanyPicker {...props} format={MINUTES} showTime={{ format: 'HH:mm' }} onKeyDown={takeOnly} />;
}

/** From one time of the day to another, which may be of the next day. */
export function HoursPicker(
  props: Omit<ComponentProps<typeof TimePicker.RangePicker>, 'onKeyDown' | 'order' | 'format' | 'minuteStep'>,
) {
  return <TimePicker.RangePicker {...props} order={false} format="HH:mm" minuteStep={15} onKeyDown={takeOnly} />;
}
