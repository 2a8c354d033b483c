import { Card, Tabs, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useCreateWriteKey } from '@/features/collect/api/createWriteKey';
import { useSource } from '@/features/collect/api/source';
import { Rejected } from '@/features/collect/Rejected';
import { SourceConnect } from '@/features/collect/SourceConnect';
import { SourceLive } from '@/features/collect/SourceLive';
import { SourcePlan } from '@/features/collect/SourcePlan';
import { SourceQuarantine } from '@/features/collect/SourceQuarantine';
import { PauseButton, SourceKeys, SourceRules } from '@/features/collect/SourceRules';
import type { Source } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { Figure, Figures } from '@/shared/ui/Figure';
import { Page } from '@/shared/ui/Page';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { Secret } from '@/shared/ui/Secret';

/** Written to by the product alone. */
const INTERNAL = ['rekindle', 'import'];

export function Component() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const source = useSource(id);
  const mayAdminister = useMay('administer');
  const isOpen = source.data && !INTERNAL.includes(source.data.name);
  return (
    <Page
      title={
        source.data ? (
          <>
            {source.data.name} {source.data.pausedAt && <Tag color="warning">{t('sources.paused')}</Tag>}
          </>
        ) : (
          t('nav.sources')
        )
      }
      documentTitle={source.data?.name ?? t('nav.sources')}
      back={{ to: '/sources', label: t('nav.sources') }}
      actions={source.data && isOpen && mayAdminister && <PauseButton source={source.data} />}
      testId="page-source"
    >
      <QueryView query={source}>{(now) => <Parts source={now} isOpen={Boolean(isOpen)} />}</QueryView>
    </Page>
  );
}

function Parts({ source, isOpen }: { source: Source; isOpen: boolean }) {
  const { t } = useTranslation();
  const mayStudy = useMay('study');
  const createKey = useCreateWriteKey();
  const query = useSource(source.id);
  const open = isOpen
    ? [
        {
          key: 'connect',
          label: t('sources.connect'),
          children: (
            <div className="stack">
              {createKey.error && <ProblemAlert error={createKey.error} />}
              {createKey.data && <Secret title={t('sources.keyOnce')} value={createKey.data.secret} />}
              <SourceKeys
                source={source}
                isMaking={createKey.isPending}
                make={() => createKey.mutate(source.id, { onSuccess: () => void query.refetch() })}
              />
              <SourceConnect secret={createKey.data?.secret} />
            </div>
          ),
        },
        { key: 'rules', label: t('sources.rules'), children: <SourceRules source={source} /> },
        { key: 'plan', label: t('plans.title'), children: <SourcePlan id={source.id} /> },
      ]
    : [];
  const studies = mayStudy
    ? [
        { key: 'live', label: t('sources.live'), children: <SourceLive id={source.id} /> },
        ...(isOpen
          ? [{ key: 'quarantine', label: t('quarantine.title'), children: <SourceQuarantine id={source.id} /> }]
          : []),
        { key: 'rejected', label: t('sources.rejectedRecords'), children: <Rejected sourceId={source.id} /> },
      ]
    : [];
  return (
    <div className="stack">
      <Counts source={source} />
      <Tabs items={[...open, ...studies]} destroyOnHidden />
    </div>
  );
}

function Counts({ source }: { source: Source }) {
  const { t } = useTranslation();
  const format = useFormats();
  const refused = Object.entries(source.refusedCalls);
  return (
    <Card>
      <Figures>
        <Figure label={t('sources.events')} value={format.number(source.accepted)} />
        <Figure label={t('sources.duplicates')} value={format.number(source.duplicates)} />
        <Figure label={t('sources.rejected')} value={format.number(source.rejected)} />
        {refused.map(([reason, calls]) => (
          <Figure
            key={reason}
            label={t(`sources.refused.${reason}`, { defaultValue: reason.replaceAll('_', ' ') })}
            value={format.number(calls)}
          />
        ))}
      </Figures>
    </Card>
  );
}
