import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useCurrency } from '@/features/analyse/useCurrency';
import { useObjective } from '@/features/plan/api/readObjective';
import { ObjectiveForm, ObjectiveState } from '@/features/plan/ObjectiveForm';
import { useClock } from '@/features/platform/api/readClock';
import { useSegments } from '@/features/segment/api/listSegments';
import type { Objective } from '@/shared/api/types';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';

export function Component() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const { id: given = 'new' } = useParams();
  const id = given === 'new' ? null : Number(given);
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
        saved={(saved) => {
          void message.success(t('objectives.saved'));
          if (id === null) {
            void navigate(`/objectives/${saved}`, { replace: true });
          }
        }}
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
