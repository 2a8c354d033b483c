import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useParams } from 'react-router';
import { useKnownCurrency } from '@/features/analyse/useCurrency';
import { useImport } from '@/features/collect/api/readImport';
import { ImportView } from '@/features/collect/ImportView';
import { ImportWizard } from '@/features/collect/ImportWizard';
import { AccessReason } from '@/shared/ui/AccessReason';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { id = 'new' } = useParams();
  return id === 'new' ? <NewImport /> : <OneImport key={id} id={Number(id)} />;
}

function NewImport() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const currency = useKnownCurrency();
  return (
    <Page
      title={t('imports.new')}
      explanation={t('imports.newExplanation')}
      back={{ to: '/imports', label: t('nav.imports') }}
      testId="page-import"
    >
      <AccessReason />
      <ImportWizard
        currency={currency}
        started={(one, rows) => void navigate(`/imports/${one.id}`, { state: { rows } })}
      />
    </Page>
  );
}

function OneImport({ id }: { id: number }) {
  const { t } = useTranslation();
  const { state } = useLocation() as { state: { rows?: number } | null };
  const found = useImport(id);
  return (
    <Page
      title={found.data?.fileName ?? t('nav.imports')}
      back={{ to: '/imports', label: t('nav.imports') }}
      testId="page-import"
    >
      <AccessReason />
      <ImportView id={id} rows={state?.rows} />
    </Page>
  );
}
