import type { ThemeConfig } from 'antd';
import { colour } from '@/shared/ui/colours';

export const theme: ThemeConfig = {
  token: {
    motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    // Ant Design derives greys from a primary as dark as ours; these are its light tints.
    colorPrimaryBg: '#e9f2f5',
    colorPrimaryBgHover: '#dcebf0',
    colorPrimaryBorder: '#b5d2dc',
    colorInfoBg: '#eef5f7',
    colorInfoBorder: '#c9dee5',
    colorInfoBgHover: '#e3eff3',
    controlItemBgActive: '#e9f2f5',
    controlItemBgActiveHover: '#dcebf0',
    colorPrimary: colour.ink,
    colorInfo: colour.ink,
    colorLink: colour.ink,
    colorSuccess: colour.good,
    colorWarning: colour.warn,
    colorError: colour.bad,
    colorText: '#22303a',
    colorTextSecondary: '#5d6b75',
    colorTextTertiary: '#66747e',
    colorTextDescription: '#66747e',
    colorBgLayout: '#f5f6f4',
    colorBorderSecondary: '#e6e9e7',
    borderRadius: 8,
    fontSize: 14,
    fontFamily:
      "Inter, 'Segoe UI', system-ui, -apple-system, Roboto, 'Helvetica Neue', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  },
  components: {
    Layout: { siderBg: '#ffffff', headerBg: '#ffffff', headerPadding: '0 20px', headerHeight: 56 },
    Menu: { itemBorderRadius: 8, itemHeight: 36, activeBarBorderWidth: 0, itemSelectedBg: '#e9f2f5' },
    Card: { headerFontSize: 15, headerHeight: 46 },
    Table: { headerBg: '#f8f9f8', headerColor: '#5d6b75', cellPaddingBlock: 10 },
    Slider: {
      trackBg: colour.inkSoft,
      trackHoverBg: colour.ink,
      handleColor: colour.ink,
      dotActiveBorderColor: colour.ink,
    },
    Statistic: { contentFontSize: 24 },
  },
};
