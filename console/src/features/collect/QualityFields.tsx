import { Input } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QualityField } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { Chart } from '@/shared/ui/Chart';
import { ListTable } from '@/shared/ui/ListTable';
import { QueryView } from '@/shared/ui/QueryView';
import { useFieldTrend, useQualityFields } from './api/quality';
import { fieldChart } from './qualityCharts';

/** The fields of a source on its last measured day; each opens to its weeks. */
export function QualityFields({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const fields = useQualityFields(id);
  const [sought, setSought] = useState('');
  const shown = fields.items?.filter(({ type, name, field }) =>
    `${type} ${name} ${field}`.toLowerCase().includes(sought.trim().toLowerCase()),
  );
  return (
    <div className="stack">
      <Input.Search
        allowClear
        placeholder={t('quality.seek')}
        aria-label={t('quality.seek')}
        style={{ maxWidth: 320 }}
        onChange={({ target }) => setSought(target.value)}
      />
      <ListTable<QualityField>
        list={{ ...fields, items: shown }}
        testId="quality-fields"
        label={t('quality.fields')}
        rowKey={({ type, name, field }) => `${type} ${name} ${field}`}
        empty={t('quality.noFields')}
        expanded={(field) => <Trend id={id} field={field} />}
        columns={[
          { title: t('quality.event'), render: (_, { type, name }) => name || type },
          { title: t('quality.field'), render: (_, { field }) => <code>{field}</code> },
          {
            title: t('quality.values'),
            align: 'right',
            className: 'num',
            render: (_, { values }) => format.number(values),
          },
          {
            title: t('quality.filled'),
            align: 'right',
            className: 'num',
            render: (_, { filled }) => format.percent(filled, 1),
          },
          {
            title: t('quality.usual'),
            align: 'right',
            className: 'num',
            render: (_, { usualFilled }) => format.percent(usualFilled, 1),
          },
          { title: t('quality.shape'), render: (_, { usualShape }) => label('qualityShape', usualShape) },
          {
            title: t('quality.valid'),
            align: 'right',
            className: 'num',
            render: (_, { valid }) => format.percent(valid, 1),
          },
          {
            title: t('quality.distinct'),
            align: 'right',
            className: 'num',
            render: (_, { distinct }) => format.number(distinct),
          },
          {
            title: t('quality.drift'),
            align: 'right',
            className: 'num',
            render: (_, { drift, driftBound }) =>
              drift == null ? '–' : `${format.number(drift, 2)} / ${format.number(driftBound, 2)}`,
          },
        ]}
      />
    </div>
  );
}

function Trend({ id, field: { type, name, field } }: { id: number; field: QualityField }) {
  const { t } = useTranslation();
  const trend = useFieldTrend(id, type, name, field);
  const option = useMemo(
    () =>
      fieldChart(
        (trend.data?.items ?? []).map((point) => ({
          day: point.day,
          filled: point.field.filled ?? null,
          valid: point.field.valid ?? null,
          drift: point.field.drift ?? null,
        })),
        (what) => t(`quality.${what}`),
      ),
    [trend.data, t],
  );
  return (
    <QueryView query={trend}>
      {() => <Chart option={option} height={220} label={field} testId="quality-trend" />}
    </QueryView>
  );
}
