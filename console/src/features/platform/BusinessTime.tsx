import { ClockCircleOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { companyZone } from '@/shared/zone';
import { useClock } from './api/readClock';

/** The time all windows and quiet hours are counted in; in a demo it runs ahead of the clock on the wall. */
export function BusinessTime() {
  const { t } = useTranslation();
  const format = useFormats();
  const clock = useClock();
  if (!clock.data) {
    return null;
  }
  return (
    <Tooltip title={clock.data.movable ? t('platform.movable') : t('platform.fixed')}>
      <span className="business-time" data-testid="business-time">
        <ClockCircleOutlined aria-hidden /> <span className="long">{t('platform.businessTime')} </span>
        {format.moment(clock.data.businessTime)} <span className="long">{companyZone()}</span>
        <span className="short">{format.zone(clock.data.businessTime)}</span>
      </span>
    </Tooltip>
  );
}
