import { useTranslation } from 'react-i18next';
import type { AuditRow } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { ListTable } from '@/shared/ui/ListTable';
import { useAudit } from './api/listAudit';

export function AuditTable() {
  const { t } = useTranslation();
  const format = useFormats();
  const audit = useAudit();
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
        { title: t('audit.action'), render: (_, row) => <code>{row.action}</code> },
        { title: t('audit.subject'), dataIndex: 'thing' },
        { title: t('common.detail'), render: (_, row) => <div className="pre-words audit-detail">{row.detail}</div> },
      ]}
    />
  );
}
