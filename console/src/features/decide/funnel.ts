import type { EChartsOption } from 'echarts';
import type { Forecast } from '@/shared/api/types';
import type { Formats } from '@/shared/format';
import { categoryAxis, chartText, quietAxis, tooltipStyle } from '@/shared/ui/chartStyle';
import { colour } from '@/shared/ui/colours';

export interface FunnelStep {
  name: string;
  kind: 'audience' | 'reason' | 'heldOut' | 'toSend';
  /** Where the bar begins, and how long it is. */
  from: number;
  count: number;
}

/** From everybody the segment finds down to those written to: what each reason takes away, in the order given. */
export function funnelSteps(
  forecast: Pick<Forecast, 'audience' | 'reasons' | 'heldOut' | 'toSend'>,
  words: { audience: string; heldOut: string; toSend: string; reason: (code: string) => string },
): FunnelStep[] {
  const steps: FunnelStep[] = [{ name: words.audience, kind: 'audience', from: 0, count: forecast.audience }];
  let left = forecast.audience;
  for (const { reason, count } of forecast.reasons) {
    left -= count;
    steps.push({ name: words.reason(reason), kind: 'reason', from: left, count });
  }
  left -= forecast.heldOut;
  steps.push({ name: words.heldOut, kind: 'heldOut', from: left, count: forecast.heldOut });
  steps.push({ name: words.toSend, kind: 'toSend', from: 0, count: forecast.toSend });
  return steps;
}

const FILL: Record<FunnelStep['kind'], string> = {
  audience: colour.ink,
  reason: '#c9a1a0',
  heldOut: colour.holdout,
  toSend: colour.treatment,
};

export function funnelChart(steps: FunnelStep[], format: Formats): EChartsOption {
  const whole = steps[0]?.count || 1;
  return {
    grid: { left: 8, right: 110, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: 'item', ...tooltipStyle },
    xAxis: { type: 'value', max: whole, ...quietAxis, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { type: 'category', inverse: true, data: steps.map(({ name }) => name), ...categoryAxis },
    series: [
      {
        type: 'bar',
        stack: 'funnel',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: steps.map(({ from }) => Math.max(0, from)),
      },
      {
        type: 'bar',
        stack: 'funnel',
        barMaxWidth: 24,
        data: steps.map(({ kind, count }) => ({
          value: count,
          itemStyle: { color: FILL[kind], borderRadius: 3 },
        })),
        label: {
          show: true,
          position: 'right',
          ...chartText,
          color: colour.text,
          formatter: ({ value }) => `${format.number(Number(value))}  ${format.percent(Number(value) / whole)}`,
        },
        tooltip: { valueFormatter: (value) => format.number(Number(value)) },
      },
    ],
  };
}
