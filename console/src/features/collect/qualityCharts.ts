import type { EChartsOption } from 'echarts';
import type { QualityDay } from '@/shared/api/types';
import { categoryAxis, chartText, quietAxis, tooltipStyle } from '@/shared/ui/chartStyle';
import { colour } from '@/shared/ui/colours';

export const SIDES = ['completeness', 'validity', 'uniqueness', 'timeliness', 'stability'] as const;
const SIDE_COLOUR = [colour.ink, colour.treatment, colour.good, colour.warn, colour.holdout];

const percent = (value: unknown) => (typeof value === 'number' ? `${Math.round(value * 1000) / 10} %` : '–');
const short = ({ day }: { day: string }) => day.slice(5);
const grid = { left: 8, right: 12, top: 40, bottom: 4, containLabel: true };
const legend = { top: 0, left: 0, itemHeight: 8, itemWidth: 14, textStyle: chartText, type: 'scroll' as const };

/** The sides of a source's quality, day by day. */
export function sidesChart(days: readonly QualityDay[], words: (side: string) => string): EChartsOption {
  return {
    grid,
    legend,
    tooltip: { trigger: 'axis', valueFormatter: percent, ...tooltipStyle },
    xAxis: { type: 'category', data: days.map(short), ...categoryAxis },
    yAxis: {
      type: 'value',
      max: 1,
      scale: true,
      ...quietAxis,
      axisLabel: { ...chartText, formatter: (value: number) => percent(value) },
    },
    series: SIDES.map((side, index) => ({
      type: 'line' as const,
      name: words(side),
      data: days.map((day) => day[side] ?? null),
      showSymbol: days.length < 2,
      lineStyle: { width: 2 },
      color: SIDE_COLOUR[index] ?? colour.ink,
    })),
  };
}

/** What came of a source each day, and what became of it. */
export function itemsChart(days: readonly QualityDay[], words: (what: string) => string): EChartsOption {
  const parts = [
    ['inTime', colour.inkSoft, (day: QualityDay) => day.events - day.late],
    ['late', colour.warn, (day: QualityDay) => day.late],
    ['duplicates', colour.holdout, (day: QualityDay) => day.duplicates],
    ['setAside', colour.treatment, (day: QualityDay) => day.setAside],
    ['rejected', colour.bad, (day: QualityDay) => day.rejected],
  ] as const;
  return {
    grid,
    legend,
    tooltip: { trigger: 'axis', ...tooltipStyle },
    xAxis: { type: 'category', data: days.map(short), ...categoryAxis },
    yAxis: { type: 'value', minInterval: 1, ...quietAxis, axisLabel: chartText },
    series: parts.map(([what, color, of]) => ({
      type: 'bar' as const,
      stack: 'items',
      name: words(what),
      data: days.map(of),
      color,
    })),
  };
}

/** One field's shares and how far its values lie from the usual, day by day. */
export function fieldChart(
  points: readonly { day: string; filled: number | null; valid: number | null; drift: number | null }[],
  words: (what: string) => string,
): EChartsOption {
  const line = (what: 'filled' | 'valid' | 'drift', color: string, axis: number) => ({
    type: 'line' as const,
    name: words(what),
    data: points.map((point) => point[what]),
    showSymbol: points.length < 2,
    yAxisIndex: axis,
    color,
    ...(axis
      ? { tooltip: { valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(2) : '–') } }
      : { tooltip: { valueFormatter: percent } }),
  });
  return {
    grid,
    legend,
    tooltip: { trigger: 'axis', ...tooltipStyle },
    xAxis: { type: 'category', data: points.map(short), ...categoryAxis },
    yAxis: [
      {
        type: 'value',
        min: 0,
        max: 1,
        ...quietAxis,
        axisLabel: { ...chartText, formatter: (v: number) => percent(v) },
      },
      { type: 'value', min: 0, ...quietAxis, splitLine: { show: false }, axisLabel: chartText },
    ],
    series: [line('filled', colour.ink, 0), line('valid', colour.good, 0), line('drift', colour.treatment, 1)],
  };
}

/** The score alone, small: beside a source's name. */
export function scoreChart(days: readonly QualityDay[]): EChartsOption {
  return {
    grid: { left: 2, right: 2, top: 4, bottom: 4 },
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value) => (typeof value === 'number' ? value.toFixed(0) : '–'),
      ...tooltipStyle,
    },
    xAxis: { type: 'category', data: days.map(short), show: false },
    yAxis: { type: 'value', max: 100, scale: true, show: false },
    series: [
      {
        type: 'line',
        name: '',
        data: days.map(({ score }) => (score == null ? null : Math.round(score * 10) / 10)),
        showSymbol: days.length < 2,
        color: colour.ink,
      },
    ],
  };
}
