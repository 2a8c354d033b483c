import type { EChartsOption } from 'echarts';
import type { Formats } from '@/shared/format';
import { categoryAxis, chartText, quietAxis, tooltipStyle } from '@/shared/ui/chartStyle';
import { colour } from '@/shared/ui/colours';

/** What people did with what was sent, each against all that was sent. */
export function answerChart(rows: readonly (readonly [string, number])[], format: Formats): EChartsOption {
  const sent = rows[0]?.[1] || 1;
  return {
    grid: { left: 8, right: 110, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: 'item', ...tooltipStyle },
    xAxis: { type: 'value', min: 0, max: sent, ...quietAxis, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { type: 'category', inverse: true, data: rows.map(([name]) => name), ...categoryAxis },
    series: [
      {
        type: 'bar',
        barMaxWidth: 20,
        data: rows.map(([, count]) => count),
        itemStyle: { color: colour.treatment, borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: 'right',
          ...chartText,
          color: colour.text,
          formatter: ({ value }) => `${format.number(Number(value))}  ${format.percent(Number(value) / sent)}`,
        },
        tooltip: { valueFormatter: (value) => format.number(Number(value)) },
      },
    ],
  };
}
