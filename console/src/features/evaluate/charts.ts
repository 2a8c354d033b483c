import type { EChartsOption } from 'echarts';
import type { CampaignResult } from '@/shared/api/types';
import type { Formats } from '@/shared/format';
import { categoryAxis, chartText, quietAxis, tooltipStyle } from '@/shared/ui/chartStyle';
import { colour } from '@/shared/ui/colours';

export interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** The reach of the axis: the interval and zero, with room at both ends, and never of no width. */
export function reach(intervals: readonly Interval[], also: readonly number[] = []): { min: number; max: number } {
  const ends = [0, ...also, ...intervals.flatMap(({ low, high, estimate }) => [low, high, estimate])].filter(
    Number.isFinite,
  );
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const room = (high - low) * 0.12 || 1;
  return { min: low - room, max: high + room };
}

/** Which side of zero the whole interval lies on. */
export const side = ({ low, high }: Interval): 'above' | 'below' | 'across' =>
  low > 0 ? 'above' : high < 0 ? 'below' : 'across';

const FILL = { above: colour.good, below: colour.bad, across: colour.holdout } as const;

/** An estimate as a dot on its 95 % interval, against the line of no difference. */
export function intervalChart(
  interval: Interval,
  show: (value: number) => string,
  mark: (value: number) => string,
  noDifference: string,
  detectable: number | null,
): EChartsOption {
  const { min, max } = reach([interval], detectable === null ? [] : [detectable]);
  const fill = FILL[side(interval)];
  const ends: [number, number][] = [
    [interval.low, 0],
    [interval.high, 0],
  ];
  return {
    grid: { left: 16, right: 16, top: 22, bottom: 22 },
    tooltip: {
      trigger: 'item',
      ...tooltipStyle,
      formatter: () => `${show(interval.estimate)}  (${show(interval.low)} … ${show(interval.high)})`,
    },
    xAxis: {
      type: 'value',
      min,
      max,
      ...quietAxis,
      splitNumber: 4,
      axisLabel: {
        ...chartText,
        hideOverlap: true,
        showMinLabel: false,
        showMaxLabel: false,
        formatter: (value: number) => mark(value),
      },
    },
    yAxis: { type: 'value', min: -1, max: 1, show: false },
    series: [
      {
        type: 'line',
        data: ends,
        symbol: 'rect',
        symbolSize: [3, 18],
        lineStyle: { color: fill, width: 4 },
        itemStyle: { color: fill },
        markLine: {
          silent: true,
          symbol: 'none',
          data: [
            {
              xAxis: 0,
              lineStyle: { color: colour.text, type: 'solid', width: 1 },
              label: { formatter: noDifference, ...chartText, position: 'end' },
            },
            ...(detectable === null
              ? []
              : [
                  {
                    xAxis: detectable,
                    lineStyle: { color: colour.holdout, type: 'dashed' as const, width: 1 },
                    label: { show: false },
                  },
                ]),
          ],
        },
      },
      {
        type: 'scatter',
        data: [[interval.estimate, 0]],
        symbolSize: 15,
        itemStyle: { color: fill, borderColor: '#fff', borderWidth: 2 },
        z: 5,
      },
    ],
  };
}

/** How many had bought by each day, in both groups. */
export function conversionChart(
  series: CampaignResult['series'],
  format: Formats,
  words: { treatment: string; holdout: string; day: (day: string) => string },
): EChartsOption {
  const days = series.map(({ day }) => (typeof day === 'number' ? words.day(String(day)) : format.day(day)));
  const line = (name: string, data: number[], stroke: string) => ({
    type: 'line' as const,
    name,
    data,
    step: 'end' as const,
    showSymbol: false,
    lineStyle: { color: stroke, width: 2.5 },
    itemStyle: { color: stroke },
    endLabel: { show: true, formatter: '{a}', color: stroke, fontSize: 12, distance: 6 },
    tooltip: { valueFormatter: (value: unknown) => format.percent(Number(value), 2) },
  });
  return {
    grid: { left: 8, right: 96, top: 16, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', ...tooltipStyle },
    xAxis: {
      type: 'category',
      data: days,
      boundaryGap: false,
      ...categoryAxis,
      axisLabel: { ...chartText, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      min: 0,
      ...quietAxis,
      axisLabel: { ...chartText, formatter: (value: number) => format.percent(value) },
    },
    series: [
      line(
        words.treatment,
        series.map(({ treatment }) => treatment),
        colour.treatment,
      ),
      line(
        words.holdout,
        series.map(({ holdout }) => holdout),
        colour.holdout,
      ),
    ],
  };
}
