import { useTranslation } from 'react-i18next';
import { useCurrency } from '@/features/analyse/useCurrency';
import { useObjective } from '@/features/plan/api/readObjective';
import { ObjectiveForm, ObjectiveState } from '@/features/plan/ObjectiveForm';
import { useClock } from '@/features/platform/api/readClock';
import { useSegments } from '@/features/segment/api/listSegments';
import type { Objective } from '@/shared/api/types';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';
import { useThing } from './useThing';

export function Component() {
  const { t } = useTranslation();
  const { given, id, saved } = useThing('/objectives', t('objectives.saved'));
  const objective = useObjective(id);
  const segments = useSegments();
  const clock = useClock();
  const currency = useCurrency();
  const mayPlan = useMay('plan');
  const form = (one: Objective | null) => (
    <div className="stack">
      {one && <ObjectiveState objective={one} currency={currency} />}
      <ObjectiveForm
        key={given}
        objective={one}
        segments={segments.items ?? []}
        today={clock.data?.businessTime}
        currency={currency}
        mayEdit={mayPlan}
        saved={saved}
      />
    </div>
  );
  return (
    <Page
      title={id === null ? t('objectives.new') : (objective.data?.name ?? t('objectives.title'))}
      explanation={t('objectives.formExplanation')}
      back={{ to: '/objectives', label: t('nav.objectives') }}
      testId="page-objective"
    >
      {id === null ? form(null) : <QueryView query={objective}>{form}</QueryView>}
    </Page>
  );
}
