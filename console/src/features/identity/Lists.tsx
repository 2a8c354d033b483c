import { App, Button, Popconfirm, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { calledBy, useCards, type Card } from '@/shared/api/useCards';
import { Searches } from './Searches';
import {
  useCandidates,
  useConflicts,
  useDecide,
  useMerges,
  useSearch,
  useSharedIdentifiers,
  useUndoMerge,
} from './api/identity';

function Customer({ id }: { id: string }) {
  const { t } = useTranslation();
  // No customer has these numbers: they stand where somebody was erased.
  if (id === '0' || id === '-1') return <>{t('identity.erased')}</>;
  return (
    <Link to={`/customers/${id}`} className="secret">
      {id}
    </Link>
  );
}

/** Name, id, address and number one under the other, so that two columns are compared line by line. */
function Person({ id, card }: { id: string; card: Card | undefined }) {
  const lines = [card?.userId, card?.email, card?.phone].filter(Boolean);
  return (
    <div style={{ minWidth: 160 }}>
      <Link to={`/customers/${id}`} data-testid="candidate-person">
        {calledBy(id, card)}
      </Link>
      {lines.map((line) => (
        <div key={line} className="figure-note">
          {line}
        </div>
      ))}
    </div>
  );
}

/** Customers that are probably one person. */
export function Candidates() {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const mayDecide = useMay('settle');
  const list = useCandidates();
  const decide = useDecide();
  const search = useSearch();
  const { cards, error: unnamed } = useCards((list.items ?? []).flatMap((row) => [row.leftId, row.rightId]));
  const say = (id: number, same: boolean) =>
    decide.mutate(
      { ids: [id], same },
      { onSuccess: () => void message.success(t(same ? 'identity.accepted' : 'identity.rejected')) },
    );
  return (
    <div className="stack">
      {mayDecide && (
        <div>
          <Button
            onClick={() => search.mutate(undefined, { onSuccess: () => void message.success(t('identity.searching')) })}
            loading={search.isPending}
            data-testid="identity-search"
          >
            {t('identity.search')}
          </Button>
        </div>
      )}
      <Searches />
      {(decide.error ?? search.error ?? unnamed) && <ProblemAlert error={decide.error ?? search.error ?? unnamed} />}
      <ListTable
        list={list}
        testId="candidates"
        label={t('identity.candidates')}
        rowKey={(row) => row.id}
        empty={t('identity.noCandidates')}
        columns={[
          { title: t('identity.probability'), render: (_, row) => format.percent(row.probability) },
          {
            title: t('customers.customer'),
            render: (_, row) => <Person id={row.leftId} card={cards.get(row.leftId)} />,
          },
          { title: t('identity.and'), render: (_, row) => <Person id={row.rightId} card={cards.get(row.rightId)} /> },
          {
            title: t('identity.agree'),
            render: (_, row) => <Evidence of={row.evidence.filter((one) => one.bits > 0)} />,
          },
          {
            title: t('identity.disagree'),
            render: (_, row) => <Evidence of={row.evidence.filter((one) => one.bits <= 0)} />,
          },
          {
            title: '',
            align: 'right',
            fixed: 'end',
            render: (_, row) =>
              mayDecide && (
                <span className="row" style={{ justifyContent: 'flex-end' }}>
                  <Button size="small" onClick={() => say(row.id, true)} data-testid="identity-accept">
                    {t('identity.accept')}
                  </Button>
                  <Button size="small" onClick={() => say(row.id, false)} data-testid="identity-reject">
                    {t('identity.reject')}
                  </Button>
                </span>
              ),
          },
        ]}
      />
    </div>
  );
}

type Found = NonNullable<ReturnType<typeof useCandidates>['items']>[number]['evidence'];

/** Which fields say so, and how strongly. */
function Evidence({ of }: { of: Found }) {
  return (
    <div className="row" style={{ flexWrap: 'wrap', gap: 4, maxWidth: 260 }}>
      {of.map((one) => (
        <Tooltip key={one.field} title={`${one.level} · ${one.bits > 0 ? '+' : ''}${one.bits.toFixed(1)}`}>
          <Tag color={one.bits > 0 ? 'green' : 'red'}>{one.field}</Tag>
        </Tooltip>
      ))}
    </div>
  );
}

type Entry = NonNullable<ReturnType<typeof useMerges>['items']>[number];

/** The journal: of everybody, or of one customer. */
export function MergesTable({ customer }: { customer?: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const { message } = App.useApp();
  const mayUndo = useMay('settle');
  const list = useMerges(customer);
  const undo = useUndoMerge();
  return (
    <div className="stack">
      {undo.error && <ProblemAlert error={undo.error} />}
      <ListTable
        list={list}
        testId="merges"
        label={t('identity.merges')}
        rowKey={(row) => row.number}
        empty={t(customer ? 'identity.noLinks' : 'identity.noMerges')}
        columns={[
          { title: t('common.at'), render: (_, row) => format.moment(row.at) },
          { title: t('identity.rule'), render: (_, row) => t(`identity.rules_${row.rule}`) },
          ...(customer
            ? [
                {
                  title: t('identity.kind'),
                  render: (_: unknown, row: Entry) => t(row.merged ? 'identity.kindMerge' : 'identity.kindAdded'),
                },
              ]
            : []),
          {
            title: t('identity.evidence'),
            render: (_, row) =>
              `${label('identifier', row.leftType)} + ${label('identifier', row.rightType)}` +
              (row.probability === null ? '' : ` · ${format.percent(row.probability)}`),
          },
          ...(customer
            ? []
            : [{ title: t('identity.winner'), render: (_: unknown, row: Entry) => <Customer id={row.winner} /> }]),
          { title: t('identity.loser'), render: (_, row) => <Customer id={row.loser} /> },
          { title: t('identity.by'), render: (_, row) => row.by ?? t('identity.byEvent', { event: row.event }) },
          {
            title: '',
            align: 'right',
            fixed: 'end',
            render: (_, row) =>
              row.undoneAt ? (
                <Tag>{t('identity.undone', { at: format.moment(row.undoneAt) })}</Tag>
              ) : (
                mayUndo && (
                  <Popconfirm
                    title={t(row.merged ? 'identity.undoSure' : 'identity.undoAddedSure')}
                    onConfirm={() =>
                      undo.mutate(row.number, { onSuccess: () => void message.success(t('identity.undoneNow')) })
                    }
                  >
                    <Button size="small" data-testid="identity-undo">
                      {t('identity.undo')}
                    </Button>
                  </Popconfirm>
                )
              ),
          },
        ]}
      />
    </div>
  );
}

/** Links that were refused, and identifiers several people use. */
export function Guards() {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const shared = useSharedIdentifiers();
  const conflicts = useConflicts();
  return (
    <div className="stack">
      <h3>{t('identity.shared')}</h3>
      <ListTable
        list={shared}
        testId="shared"
        label={t('identity.shared')}
        rowKey={(row) => row.id}
        empty={t('identity.noShared')}
        columns={[
          { title: t('identity.type'), render: (_, row) => label('identifier', row.type) },
          { title: t('identity.claims'), dataIndex: 'claims' },
          { title: t('identity.since'), render: (_, row) => format.moment(row.since) },
          { title: t('customers.customer'), render: (_, row) => <Customer id={row.customerId} /> },
        ]}
      />
      <h3>{t('identity.refused')}</h3>
      <ListTable
        list={conflicts}
        testId="conflicts"
        label={t('identity.refused')}
        rowKey={(row) => `${row.customerId} ${row.refusedCustomerId} ${row.type} ${row.reason} ${row.firstAt}`}
        empty={t('identity.noRefused')}
        columns={[
          { title: t('common.at'), render: (_, row) => format.moment(row.lastAt) },
          { title: t('identity.type'), render: (_, row) => label('identifier', row.type) },
          { title: t('identity.why'), render: (_, row) => t(`identity.reason_${row.reason}`) },
          { title: t('identity.keeps'), render: (_, row) => <Customer id={row.customerId} /> },
          { title: t('identity.without'), render: (_, row) => <Customer id={row.refusedCustomerId} /> },
          { title: t('identity.times'), dataIndex: 'times' },
        ]}
      />
    </div>
  );
}
