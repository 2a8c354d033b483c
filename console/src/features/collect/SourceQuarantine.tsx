import { Alert, Button, Card, Input, Modal, Popconfirm, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { type ReplayDraft, useDiscard, useQuarantine, useQuarantined, useReplay } from './api/source';

type Kind = NonNullable<ReturnType<typeof useQuarantine>['data']>['kinds'][number];
type Step = NonNullable<ReplayDraft['steps']>[number];

/** Exactly the items of a row: those without a name are not those of every name, nor those of one rule of any other too. */
const which = ({ type, name, rules }: Kind) => ({ type, ...(name ? { name } : { unnamed: true }), rules });

/** Items that broke the plan and wait: seen by what they broke, repaired, replayed or thrown away. */
export function SourceQuarantine({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const mayAdminister = useMay('administer');
  const quarantine = useQuarantine(id);
  const discard = useDiscard(id);
  const [repairing, setRepairing] = useState<Kind | null>(null);
  return (
    <div className="stack">
      {discard.error && <ProblemAlert error={discard.error} />}
      <QueryView query={quarantine}>
        {({ kinds }) => (
          <div data-testid="quarantine">
            <Table<Kind>
              size="small"
              rowKey={({ type, name, rules }) => `${type} ${name} ${rules.join(' ')}`}
              pagination={false}
              scroll={{ x: 'max-content' }}
              dataSource={kinds}
              locale={{ emptyText: <Nothing text={t('quarantine.empty')} /> }}
              columns={[
                {
                  title: t('sources.event'),
                  render: (_, kind) => (
                    <>
                      <Tag>{kind.type}</Tag> {kind.name}
                    </>
                  ),
                },
                {
                  title: t('plans.rule'),
                  render: (_, kind) =>
                    kind.rules.map((rule) => (
                      <div key={rule}>
                        <code>{rule}</code>
                      </div>
                    )),
                },
                {
                  title: t('quarantine.items'),
                  align: 'right',
                  className: 'num',
                  render: (_, kind) => format.number(kind.items),
                },
                { title: t('plans.last'), render: (_, kind) => format.moment(kind.lastAt) },
                {
                  title: '',
                  align: 'right',
                  render: (_, kind) =>
                    mayAdminister && (
                      <div className="row">
                        <Button size="small" onClick={() => setRepairing(kind)} data-testid="repair">
                          {t('quarantine.repair')}
                        </Button>
                        <Popconfirm
                          title={t('quarantine.discardAsk', { items: format.number(kind.items) })}
                          onConfirm={() => discard.mutate(which(kind))}
                        >
                          <Button size="small" danger loading={discard.isPending}>
                            {t('quarantine.discard')}
                          </Button>
                        </Popconfirm>
                      </div>
                    ),
                },
              ]}
              expandable={{ expandedRowRender: (kind) => <Items id={id} kind={kind} /> }}
            />
          </div>
        )}
      </QueryView>
      {repairing && <Repair id={id} kind={repairing} which={which(repairing)} close={() => setRepairing(null)} />}
    </div>
  );
}

function Items({ id, kind }: { id: number; kind: Kind }) {
  const { t } = useTranslation();
  const format = useFormats();
  const items = useQuarantined(id, which(kind));
  return (
    <ListTable
      list={items}
      testId="quarantined"
      label={t('quarantine.items')}
      rowKey={(row) => row.id}
      empty={t('quarantine.empty')}
      columns={[
        { title: t('sources.receivedAt'), render: (_, row) => format.moment(row.receivedAt) },
        { title: t('sources.occurredAt'), render: (_, row) => format.moment(row.occurredAt) },
        { title: 'messageId', dataIndex: 'messageId' },
      ]}
      expanded={(row) => <pre className="pre-words">{row.item ?? t('sources.itemHidden')}</pre>}
    />
  );
}

const OPS = ['rename', 'convert', 'set', 'replace', 'remove', 'event'] as const;
/** A path is the same in every language. */
const EXAMPLE = 'properties.total';
const TYPES = ['number', 'comma', 'string', 'boolean'];

interface Written {
  op: (typeof OPS)[number];
  field: string;
  to: string;
}

/** A value is read as JSON where it is any, else taken as the text it is. */
function stepOf({ op, field, to }: Written): Step {
  if (op === 'set' || op === 'replace') {
    let value: unknown = to;
    try {
      value = JSON.parse(to);
    } catch {
      // It is a text.
    }
    return { op, field, value } as Step;
  }
  if (op === 'event') {
    return { op, to } as Step;
  }
  if (op === 'convert' && to === 'comma') {
    return { op, field, to: 'number', decimalComma: true } as Step;
  }
  return (op === 'remove' ? { op, field } : { op, field, to }) as Step;
}

function Repair({
  id,
  kind,
  which,
  close,
}: {
  id: number;
  kind: Kind;
  which: ReplayDraft['which'];
  close: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const replay = useReplay(id);
  const [steps, setSteps] = useState<Written[]>([{ op: 'rename', field: 'properties.', to: 'properties.' }]);
  const change = (index: number, part: Partial<Written>) =>
    setSteps(steps.map((step, i) => (i === index ? { ...step, ...part } : step)));
  const run = (dryRun: boolean) => replay.mutate({ which, steps: steps.map(stepOf), dryRun } as ReplayDraft);
  const done = replay.data;
  return (
    <Modal
      open
      width={760}
      title={t('quarantine.repairTitle', { event: kind.name ?? kind.type })}
      onCancel={close}
      footer={[
        <Button key="try" onClick={() => run(true)} loading={replay.isPending} data-testid="try-repair">
          {t('quarantine.try')}
        </Button>,
        <Button key="go" type="primary" onClick={() => run(false)} loading={replay.isPending} data-testid="replay">
          {t('quarantine.replay')}
        </Button>,
      ]}
    >
      <div className="stack">
        {replay.error && <ProblemAlert error={replay.error} />}
        {steps.map((step, index) => (
          <div className="row" key={index} style={{ flexWrap: 'wrap' }}>
            <Select
              value={step.op}
              onChange={(op) => change(index, { op })}
              options={OPS.map((value) => ({ value, label: t(`quarantine.ops.${value}`) }))}
              style={{ width: 170 }}
              aria-label={t('quarantine.step')}
            />
            {step.op !== 'event' && (
              <Input
                value={step.field}
                onChange={(event) => change(index, { field: event.target.value })}
                placeholder={EXAMPLE}
                style={{ width: 220 }}
                aria-label={t('quarantine.field')}
              />
            )}
            {step.op === 'convert' && (
              <Select
                value={TYPES.includes(step.to) ? step.to : undefined}
                onChange={(to) => change(index, { to })}
                options={TYPES.map((value) => ({ value, label: t(`quarantine.types.${value}`) }))}
                placeholder={t('quarantine.to')}
                style={{ width: 160 }}
              />
            )}
            {!['convert', 'remove'].includes(step.op) && (
              <Input
                value={step.to}
                onChange={(event) => change(index, { to: event.target.value })}
                style={{ width: 220 }}
                aria-label={t('quarantine.to')}
              />
            )}
            <Button size="small" onClick={() => setSteps(steps.filter((_, i) => i !== index))}>
              {t('quarantine.removeStep')}
            </Button>
          </div>
        ))}
        <div>
          <Button
            size="small"
            onClick={() => setSteps([...steps, { op: 'convert', field: 'properties.', to: 'number' }])}
          >
            {t('quarantine.addStep')}
          </Button>
        </div>
        {done && (
          <Card size="small" data-testid="replay-report">
            <Alert
              type={done.left.length === 0 ? 'success' : 'warning'}
              showIcon
              title={t(done.dryRun ? 'quarantine.wouldReplay' : 'quarantine.replayed', {
                replayed: format.number(done.replayed),
                looked: format.number(done.looked),
                known: format.number(done.known),
              })}
            />
            {done.left.map(({ why, items }) => (
              <div key={why}>
                <code>{why}</code> · {format.number(items)}
              </div>
            ))}
          </Card>
        )}
      </div>
    </Modal>
  );
}
