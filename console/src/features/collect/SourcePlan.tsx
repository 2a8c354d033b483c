import { Alert, App, Button, Card, Form, Input, Segmented, Switch, Table, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { Chart } from '@/shared/ui/Chart';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { type PlanDraft, useGuessPlan, usePlan, usePlanVersions, useSavePlan, useViolations } from './api/source';
import { violationsChart } from './violationsChart';

const MODES = ['off', 'observe', 'quarantine', 'reject'] as const;
type Mode = (typeof MODES)[number];

const written = (events: unknown) => JSON.stringify(events, null, 2);

/** The plan of a source: what its events must look like, and what becomes of those that do not. */
export function SourcePlan({ id }: { id: number }) {
  const plan = usePlan(id);
  const mayStudy = useMay('study');
  return (
    <div className="stack">
      <QueryView query={plan}>{(now) => <PlanForm key={now.version} id={id} plan={now} />}</QueryView>
      {mayStudy && <Violations id={id} />}
      <Versions id={id} />
    </div>
  );
}

type Plan = NonNullable<ReturnType<typeof usePlan>['data']>;

function PlanForm({ id, plan }: { id: number; plan: Plan }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayAdminister = useMay('administer');
  const mayStudy = useMay('study');
  const save = useSavePlan(id);
  const guess = useGuessPlan(id);
  const [mode, setMode] = useState<Mode>(plan.mode);
  const [allowsUnplanned, setAllows] = useState(plan.allowsUnplanned);
  const [text, setText] = useState(written(plan.events));
  const [note, setNote] = useState('');
  const events = useMemo(() => {
    try {
      const parsed: unknown = JSON.parse(text);
      return Array.isArray(parsed) ? (parsed as PlanDraft['events']) : null;
    } catch {
      return null;
    }
  }, [text]);
  return (
    <Card
      title={
        <>
          {t('plans.title')} {plan.version > 0 && <Tag>{t('plans.version', { version: plan.version })}</Tag>}
        </>
      }
      extra={
        mayStudy && (
          <Button
            loading={guess.isPending}
            data-testid="guess-plan"
            onClick={() =>
              guess.mutate(undefined, {
                onSuccess: ({ items }) =>
                  setText(
                    written(items.map(({ type, name, schema }) => ({ type, ...(name ? { name } : {}), schema }))),
                  ),
              })
            }
          >
            {t('plans.guess')}
          </Button>
        )
      }
    >
      <Form layout="vertical" disabled={!mayAdminister}>
        {save.error && <ProblemAlert error={save.error} />}
        {guess.error && <ProblemAlert error={guess.error} />}
        {guess.data && <Alert type="info" showIcon title={t('plans.guessed', { count: guess.data.items.length })} />}
        <Form.Item label={t('plans.mode')} extra={t(`plans.modeWords.${mode}`)}>
          <Segmented
            value={mode}
            onChange={setMode}
            options={MODES.map((value) => ({ value, label: t(`plans.modes.${value}`) }))}
          />
        </Form.Item>
        <Form.Item label={t('plans.unplanned')} extra={t('plans.unplannedHint')}>
          <Switch checked={allowsUnplanned} onChange={setAllows} aria-label={t('plans.unplanned')} />
        </Form.Item>
        <Form.Item
          label={t('plans.events')}
          extra={t('plans.eventsHint')}
          validateStatus={events ? '' : 'error'}
          help={events ? undefined : t('plans.notJson')}
        >
          <Input.TextArea
            value={text}
            onChange={(change) => setText(change.target.value)}
            autoSize={{ minRows: 8, maxRows: 28 }}
            spellCheck={false}
            className="code"
            style={{ fontFamily: 'monospace' }}
            data-testid="plan-events"
          />
        </Form.Item>
        <Form.Item label={t('plans.note')}>
          <Input value={note} onChange={(change) => setNote(change.target.value)} maxLength={500} />
        </Form.Item>
        {mayAdminister && (
          <Button
            type="primary"
            disabled={!events}
            loading={save.isPending}
            data-testid="save-plan"
            onClick={() =>
              events &&
              save.mutate(
                { seenVersion: plan.version, mode, allowsUnplanned, events, note },
                { onSuccess: () => void message.success(t('plans.saved')) },
              )
            }
          >
            {t('plans.save')}
          </Button>
        )}
      </Form>
    </Card>
  );
}

function Violations({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const violations = useViolations(id);
  const option = useMemo(
    () => violationsChart(violations.data?.days ?? [], t('plans.violations')),
    [violations.data, t],
  );
  return (
    <Card title={t('plans.violations')}>
      <QueryView query={violations}>
        {({ items, days }) =>
          items.length === 0 ? (
            <Nothing text={t('plans.noViolations')} />
          ) : (
            <div className="stack" data-testid="violations">
              {days.some(({ times }) => times > 0) && (
                <Chart option={option} height={180} label={t('plans.violationsLabel')} />
              )}
              <Table
                size="small"
                rowKey={(row) => `${row.type} ${row.name} ${row.rule} ${row.planVersion}`}
                pagination={false}
                scroll={{ x: 'max-content' }}
                dataSource={items}
                columns={[
                  {
                    title: t('sources.event'),
                    render: (_, row) => (
                      <>
                        <Tag>{row.type}</Tag> {row.name}
                      </>
                    ),
                  },
                  { title: t('plans.rule'), render: (_, row) => <code>{row.rule}</code> },
                  { title: t('plans.versionShort'), align: 'right', dataIndex: 'planVersion' },
                  {
                    title: t('plans.times'),
                    align: 'right',
                    className: 'num',
                    render: (_, row) => format.number(row.times),
                  },
                  { title: t('plans.last'), render: (_, row) => format.moment(row.lastAt) },
                ]}
              />
            </div>
          )
        }
      </QueryView>
    </Card>
  );
}

function Versions({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const versions = usePlanVersions(id);
  return (
    <Card title={t('plans.versions')}>
      <ListTable
        list={versions}
        testId="plan-versions"
        label={t('plans.versions')}
        rowKey={(row) => row.version}
        empty={t('plans.noVersions')}
        columns={[
          { title: t('plans.versionShort'), dataIndex: 'version' },
          { title: t('plans.mode'), render: (_, row) => t(`plans.modes.${row.mode}`) },
          { title: t('plans.eventCount'), align: 'right', render: (_, row) => format.number(row.events.length) },
          { title: t('common.at'), render: (_, row) => (row.createdAt ? format.moment(row.createdAt) : '') },
          { title: t('plans.by'), dataIndex: 'createdBy' },
          { title: t('plans.note'), dataIndex: 'note' },
        ]}
        expanded={(row) => <pre className="pre-words">{written(row.events)}</pre>}
      />
    </Card>
  );
}
