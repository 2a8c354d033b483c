import { colour } from './colours';

/** What all charts share, so that they read alike. */
// Named, not inherited: ECharts measures its texts with it before they are drawn.
const FONT =
  "Inter, 'Segoe UI', system-ui, -apple-system, Roboto, 'Helvetica Neue', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

export const chartText = { color: colour.textSoft, fontFamily: FONT, fontSize: 12 } as const;

export const quietAxis = {
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: chartText,
  splitLine: { lineStyle: { color: colour.grid } },
} as const;

export const categoryAxis = {
  axisLine: { lineStyle: { color: colour.grid } },
  axisTick: { show: false },
  axisLabel: chartText,
} as const;

export const tooltipStyle = {
  borderColor: colour.grid,
  textStyle: { color: colour.text, fontSize: 12 },
  confine: true,
} as const;
