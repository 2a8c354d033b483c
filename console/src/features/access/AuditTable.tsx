import { useTranslation } from 'react-i18next';
import type { AuditRow } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ListTable } from '@/shared/ui/ListTable';
import { useAudit } from './api/listAudit';

export function AuditTable() {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const audit = useAudit();
  // A thing is its kind and its number: `campaign 3`.
  const thing = (name: string) => name.replace(/^[a-z]+/, (kind) => label('thing', kind));
  return (
    <ListTable<AuditRow>
      list={audit}
      testId="audit"
      label={t('nav.audit')}
      rowKey={(row) => row.id}
      empty={t('audit.empty')}
      columns={[
        { title: t('common.at'), render: (_, row) => format.moment(row.at), width: 170 },
        { title: t('audit.actor'), dataIndex: 'actor' },
        { title: t('audit.action'), render: (_, row) => <span title={row.action}>{label('change', row.action)}</span> },
        { title: t('audit.subject'), render: (_, row) => thing(row.thing) },
        { title: t('common.detail'), render: (_, row) => <div className="pre-words audit-detail">{row.detail}</div> },
      ]}
    />
  );
}
