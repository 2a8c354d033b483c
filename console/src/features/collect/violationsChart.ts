import type { EChartsOption } from 'echarts';
import { categoryAxis, chartText, quietAxis, tooltipStyle } from '@/shared/ui/chartStyle';
import { colour } from '@/shared/ui/colours';

/** Broken rules day by day. */
export function violationsChart(days: readonly { day: string; times: number }[], words: string): EChartsOption {
  return {
    grid: { left: 8, right: 8, top: 12, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', ...tooltipStyle },
    xAxis: { type: 'category', data: days.map(({ day }) => day.slice(5)), ...categoryAxis },
    yAxis: { type: 'value', minInterval: 1, ...quietAxis, axisLabel: chartText },
    series: [
      {
        type: 'bar',
        name: words,
        data: days.map(({ times }) => times),
        itemStyle: { color: colour.ink, borderRadius: [3, 3, 0, 0] },
      },
    ],
  };
}
