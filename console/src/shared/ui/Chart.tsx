import { Skeleton } from 'antd';
import type { EChartsOption } from 'echarts';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from './ProblemAlert';

const moving = !window.matchMedia('(prefers-reduced-motion: reduce)').matches;

interface Props {
  option: EChartsOption;
  height: number;
  /** What the chart shows, in one sentence, for those who cannot see it. */
  label: string;
  testId?: string;
}

/** A chart; its library comes only when the first one is shown. */
export function Chart({ option, height, label, testId }: Props) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const draw = useRef<((option: EChartsOption) => void) | null>(null);
  const latest = useRef(option);
  const [state, setState] = useState<'loading' | 'drawn' | { error: unknown }>('loading');

  useEffect(() => {
    latest.current = option;
    draw.current?.(option);
  }, [option]);

  useEffect(() => {
    let gone = false;
    let tidy = () => {};
    import('./echarts')
      .then(({ echarts }) => {
        const element = place.current;
        if (gone || !element) {
          return;
        }
        const chart = echarts.init(element, undefined, { renderer: 'svg' });
        draw.current = (next) => chart.setOption({ animation: moving, ...next }, true);
        draw.current(latest.current);
        const watcher = new ResizeObserver(() => chart.resize());
        watcher.observe(element);
        setState('drawn');
        tidy = () => {
          draw.current = null;
          watcher.disconnect();
          chart.dispose();
        };
      })
      .catch((error: unknown) => setState({ error }));
    return () => {
      gone = true;
      tidy();
    };
  }, []);

  if (typeof state === 'object') {
    return <ProblemAlert error={state.error} />;
  }
  return (
    <div className="chart" data-testid={testId} data-drawn={state === 'drawn'}>
      {state === 'loading' && (
        <div role="status" aria-label={t('common.loading')} style={{ position: 'absolute', inset: 0 }}>
          <Skeleton active title={false} paragraph={{ rows: Math.max(1, Math.floor(height / 50)) }} />
        </div>
      )}
      <div ref={place} role="img" aria-label={label} style={{ height }} />
    </div>
  );
}
