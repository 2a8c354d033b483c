import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTemplate } from '@/features/plan/api/readTemplate';
import { TemplateForm } from '@/features/plan/TemplateForm';
import { TemplatePreview } from '@/features/plan/TemplatePreview';
import { CustomerPicker } from '@/features/profile/CustomerPicker';
import type { Template } from '@/shared/api/types';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';
import { useThing } from './useThing';

export function Component() {
  const { t } = useTranslation();
  const { given, id, saved } = useThing('/templates', t('templates.saved'));
  const template = useTemplate(id);
  const mayPlan = useMay('plan');
  const [customerId, setCustomerId] = useState<string>();
  const view = (one: Template | null) => (
    <div className="columns">
      <TemplateForm key={given} template={one} mayEdit={mayPlan} saved={saved} />
      {one && mayPlan && (
        <TemplatePreview
          key={one.version}
          templateId={one.id}
          customerId={customerId}
          picker={<CustomerPicker value={customerId} change={setCustomerId} />}
        />
      )}
    </div>
  );
  return (
    <Page
      title={id === null ? t('templates.new') : (template.data?.name ?? t('templates.title'))}
      explanation={t('templates.formExplanation')}
      back={{ to: '/templates', label: t('nav.templates') }}
      testId="page-template"
    >
      {id === null ? view(null) : <QueryView query={template}>{view}</QueryView>}
    </Page>
  );
}
