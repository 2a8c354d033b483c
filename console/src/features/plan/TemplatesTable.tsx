import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Template } from '@/shared/api/types';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { useTemplates } from './api/listTemplates';

export function TemplatesTable() {
  const { t } = useTranslation();
  const label = useLabel();
  const mayPlan = useMay('plan');
  const templates = useTemplates();
  return (
    <ListTable<Template>
      list={templates}
      testId="templates"
      label={t('nav.templates')}
      rowKey={(template) => template.id}
      empty={t('templates.empty')}
      emptyAction={mayPlan && <Link to="/templates/new">{t('templates.new')}</Link>}
      columns={[
        { title: t('common.name'), render: (_, { id, name }) => <Link to={`/templates/${id}`}>{name}</Link> },
        { title: t('messages.channel'), render: (_, { channel }) => label('channel', channel) },
        { title: t('templates.subject'), dataIndex: 'subject' },
        { title: t('common.version'), align: 'right', dataIndex: 'version' },
      ]}
    />
  );
}
