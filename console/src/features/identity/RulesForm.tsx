import { Alert, App, Button, Input, InputNumber, Select, Switch, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useChangeRules, useCheck, useDryRun, useRules, type RulesDocument } from './api/identity';

/** What several people use, where the rules do not say otherwise. */
const SHARED = ['phone', 'device_id', 'anonymous_id'];

/** The rules of who is one person: tried on the history, then taken over. */
export function Rules() {
  const { t } = useTranslation();
  const rules = useRules();
  if (rules.error) return <ProblemAlert error={rules.error} retry={() => void rules.refetch()} />;
  if (!rules.data) return <p>{t('common.loading')}</p>;
  return <Form key={rules.data.number} start={rules.data.document} />;
}

function Form({ start }: { start: RulesDocument }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { message } = App.useApp();
  const mayChange = useMay('administer');
  const mayTry = useMay('settle');
  const [document, setDocument] = useState(start);
  const change = useChangeRules();
  const trial = useDryRun();
  const check = useCheck();
  const types = document.types;
  const set = (index: number, part: Partial<RulesDocument['types'][number]>) =>
    setDocument({ ...document, types: types.map((type, i) => (i === index ? { ...type, ...part } : type)) });
  const swap = (index: number) => {
    const moved = [...types];
    const [one] = moved.splice(index, 1);
    if (one) moved.splice(index - 1, 0, one);
    setDocument({ ...document, types: moved });
  };
  const probable = document.probable;
  return (
    <div className="stack" data-testid="identity-rules">
      <Table
        size="small"
        pagination={false}
        rowKey="type"
        dataSource={types}
        scroll={{ x: 'max-content' }}
        columns={[
          {
            title: t('identity.type'),
            render: (_, row, index) => (
              <span className="row">
                <Button
                  size="small"
                  disabled={index < 2 || !mayChange}
                  onClick={() => swap(index)}
                  aria-label={t('identity.stronger')}
                >
                  ↑
                </Button>
                {label('identifier', row.type)}
              </span>
            ),
          },
          {
            title: t('identity.perCustomer'),
            render: (_, row, index) => (
              <InputNumber
                min={1}
                value={row.perCustomer}
                disabled={row.type === 'user_id' || !mayChange}
                onChange={(perCustomer) => set(index, { perCustomer: perCustomer ?? 1 })}
                aria-label={t('identity.perCustomer')}
              />
            ),
          },
          {
            title: t('identity.mostClaims'),
            render: (_, row, index) => (
              <InputNumber
                min={1}
                value={row.claims}
                disabled={!mayChange}
                onChange={(claims) => set(index, { claims: claims ?? 1 })}
                aria-label={t('identity.mostClaims')}
              />
            ),
          },
          {
            title: t('identity.joinsPeople'),
            render: (_, row, index) => (
              <Switch
                size="small"
                checked={row.joinsPeople ?? !SHARED.includes(row.type)}
                disabled={row.type === 'user_id' || !mayChange}
                onChange={(joinsPeople) => set(index, { joinsPeople })}
                aria-label={t('identity.joinsPeople')}
              />
            ),
          },
        ]}
      />
      <label>
        {t('identity.windowDays')}{' '}
        <InputNumber
          min={1}
          value={document.windowDays}
          disabled={!mayChange}
          onChange={(windowDays) => setDocument({ ...document, windowDays: windowDays ?? 1 })}
        />
      </label>
      <label>
        {t('identity.largest')}{' '}
        <InputNumber
          min={2}
          value={document.largest}
          disabled={!mayChange}
          onChange={(largest) => setDocument({ ...document, largest: largest ?? 2 })}
        />
      </label>
      <label>
        {t('identity.blocked')}
        <Select
          mode="tags"
          style={{ width: '100%' }}
          value={document.blocked}
          disabled={!mayChange}
          onChange={(blocked: string[]) => setDocument({ ...document, blocked })}
          aria-label={t('identity.blocked')}
        />
      </label>
      <label>
        <Switch
          checked={probable.daily}
          disabled={!mayChange}
          onChange={(daily) => setDocument({ ...document, probable: { ...probable, daily } })}
        />{' '}
        {t('identity.daily')}
      </label>
      <label>
        {t('identity.review')}{' '}
        <InputNumber
          min={0.5}
          max={1}
          step={0.01}
          value={probable.review}
          disabled={!mayChange}
          onChange={(review) => setDocument({ ...document, probable: { ...probable, review: review ?? 0.9 } })}
        />
      </label>
      <label>
        {t('identity.automatic')}{' '}
        <Input
          style={{ width: 110 }}
          value={probable.automatic ?? ''}
          disabled={!mayChange}
          placeholder={t('identity.never')}
          onChange={({ target }) =>
            setDocument({
              ...document,
              probable: { ...probable, automatic: target.value.trim() === '' ? null : Number(target.value) },
            })
          }
        />
      </label>
      {(change.error ?? trial.error ?? check.error) && (
        <ProblemAlert error={change.error ?? trial.error ?? check.error} />
      )}
      {trial.data && (
        <Alert
          type="info"
          showIcon
          data-testid="identity-trial"
          title={t('identity.outcome', { merge: trial.data.wouldMerge, split: trial.data.wouldSplit })}
        />
      )}
      {check.data && (
        <Alert
          type={check.data.findings.length === 0 ? 'success' : 'error'}
          showIcon
          data-testid="identity-checked"
          title={
            check.data.findings.length === 0
              ? t('identity.consistent', { identifiers: check.data.identifiers, customers: check.data.customers })
              : check.data.findings.map((one) => `${one.code}: ${one.count}`).join(', ')
          }
        />
      )}
      <div className="row">
        {mayTry && (
          <Button onClick={() => trial.mutate(document)} loading={trial.isPending} data-testid="identity-dry-run">
            {t('identity.dryRun')}
          </Button>
        )}
        {mayChange && (
          <Button
            type="primary"
            onClick={() => change.mutate(document, { onSuccess: () => void message.success(t('identity.saved')) })}
            loading={change.isPending}
          >
            {t('common.save')}
          </Button>
        )}
        <Button onClick={() => check.mutate()} loading={check.isPending} data-testid="identity-check">
          {t('identity.check')}
        </Button>
      </div>
    </div>
  );
}
