import { Progress } from 'antd';
import { useFormats } from '@/shared/i18n/language';

interface Count {
  value: string;
  customers: number;
}

/** How many customers have each value, the most frequent first. */
export function ValueCounts({ counts }: { counts: readonly Count[] }) {
  const format = useFormats();
  const most = Math.max(1, ...counts.map((one) => one.customers));
  return (
    <div className="stack" style={{ gap: 4, maxWidth: 520 }}>
      {counts.map((one) => (
        <div className="row" style={{ flexWrap: 'nowrap', gap: 8 }} key={one.value}>
          <span style={{ width: 160, flex: 'none', overflow: 'hidden', textOverflow: 'ellipsis' }}>{one.value}</span>
          <Progress percent={(one.customers / most) * 100} showInfo={false} size="small" aria-label={one.value} />
          <span className="num">{format.number(one.customers)}</span>
        </div>
      ))}
    </div>
  );
}
