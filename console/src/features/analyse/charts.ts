import type { EChartsOption } from 'echarts';
import type { Overview } from '@/shared/api/types';
import type { Formats } from '@/shared/format';
import { categoryAxis, chartText, quietAxis, tooltipStyle } from '@/shared/ui/chartStyle';
import { colour, stageColour } from '@/shared/ui/colours';

export const STAGES = ['prospect', 'new', 'growing', 'mature', 'cooling', 'lapsing', 'lost'];
export const TIERS = ['high', 'middle', 'low'];

/** In the order people read them; what the server knows beyond our list comes last. */
export function ordered<T>(rows: readonly T[], order: readonly string[], code: (row: T) => string): T[] {
  const place = (row: T) => {
    const found = order.indexOf(code(row));
    return found < 0 ? order.length : found;
  };
  return [...rows].sort((one, other) => place(one) - place(other));
}

export function revenueChart(
  months: Overview['revenueByMonth'],
  currency: string,
  format: Formats,
  words: { revenue: string; orders: string },
): EChartsOption {
  return {
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, right: 0, textStyle: chartText, itemHeight: 8, itemWidth: 14 },
    tooltip: { trigger: 'axis', ...tooltipStyle },
    xAxis: { type: 'category', data: months.map(({ month }) => format.month(month)), ...categoryAxis },
    yAxis: [
      { type: 'value', ...quietAxis, axisLabel: { ...chartText, formatter: (value: number) => format.compact(value) } },
      {
        type: 'value',
        ...quietAxis,
        splitLine: { show: false },
        min: 0,
        axisLabel: { ...chartText, formatter: (value: number) => format.compact(value) },
      },
    ],
    series: [
      {
        type: 'bar',
        name: words.revenue,
        data: months.map(({ revenue }) => revenue),
        itemStyle: { color: colour.ink, borderRadius: [3, 3, 0, 0] },
        barMaxWidth: 28,
        tooltip: { valueFormatter: (value) => format.money(Number(value), currency) },
      },
      {
        type: 'line',
        name: words.orders,
        yAxisIndex: 1,
        data: months.map(({ orders }) => orders),
        showSymbol: false,
        lineStyle: { color: colour.treatment, width: 2 },
        itemStyle: { color: colour.treatment },
        tooltip: { valueFormatter: (value) => format.number(Number(value)) },
      },
    ],
  };
}

/** How much of the customers, and how much of the revenue, each tier is. */
export function tierChart(
  tiers: Overview['tiers'],
  format: Formats,
  name: (tier: string) => string,
  words: { customers: string; revenue: string },
): EChartsOption {
  const rows = ordered(tiers, TIERS, ({ tier }) => tier);
  const customers = rows.reduce((sum, row) => sum + row.customers, 0) || 1;
  const revenue = rows.reduce((sum, row) => sum + row.revenue, 0) || 1;
  const share = (value: unknown) => format.percent(Number(value), 0);
  const series = (label: string, data: number[], fill: string) => ({
    type: 'bar' as const,
    name: label,
    data,
    itemStyle: { color: fill, borderRadius: [3, 3, 0, 0] },
    barMaxWidth: 36,
    label: {
      show: true,
      position: 'top' as const,
      ...chartText,
      formatter: ({ value }: { value: unknown }) => share(value),
    },
    tooltip: { valueFormatter: share },
  });
  return {
    grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
    legend: { top: 0, right: 0, textStyle: chartText, itemHeight: 8, itemWidth: 14 },
    tooltip: { trigger: 'axis', ...tooltipStyle },
    xAxis: { type: 'category', data: rows.map(({ tier }) => name(tier)), ...categoryAxis },
    yAxis: { type: 'value', ...quietAxis, axisLabel: { ...chartText, formatter: share } },
    series: [
      series(
        words.customers,
        rows.map((row) => row.customers / customers),
        colour.inkSoft,
      ),
      series(
        words.revenue,
        rows.map((row) => row.revenue / revenue),
        colour.ink,
      ),
    ],
  };
}

export function stageChart(
  stages: Overview['stages'],
  format: Formats,
  name: (stage: string) => string,
): EChartsOption {
  const rows = ordered(stages, STAGES, ({ stage }) => stage);
  return {
    grid: { left: 8, right: 56, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: 'item', ...tooltipStyle },
    xAxis: { type: 'value', ...quietAxis, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { type: 'category', inverse: true, data: rows.map(({ stage }) => name(stage)), ...categoryAxis },
    series: [
      {
        type: 'bar',
        barMaxWidth: 20,
        data: rows.map(({ stage, customers }) => ({
          value: customers,
          itemStyle: { color: stageColour[stage] ?? colour.inkSoft, borderRadius: [0, 3, 3, 0] },
        })),
        label: { show: true, position: 'right', ...chartText, formatter: ({ value }) => format.number(Number(value)) },
        tooltip: { valueFormatter: (value) => format.number(Number(value)) },
      },
    ],
  };
}
