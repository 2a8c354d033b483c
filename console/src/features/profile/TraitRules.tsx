import { Alert, App, AutoComplete, Button, Card, Modal, Popconfirm, Select, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import {
  useDropTraitRule,
  usePutTraitRule,
  useTraitRules,
  useTryTraitRule,
  type Ranking,
  type TraitRule,
} from './api/traitRules';
import { higher } from './ranking';
import { useSourceName, useSourceNames } from './useSourceName';

const PERSONAL = ['email', 'phone', 'firstName', 'lastName', 'name'];

/** Whose word stands for a trait when sources disagree. */
export function TraitRules() {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const rules = useTraitRules();
  const drop = useDropTraitRule();
  const mayChange = useMay('plan');
  const [edited, setEdited] = useState<Ranking | 'new'>();
  return (
    <Card
      title={t('traitRules.title')}
      extra={
        mayChange && (
          <Button type="primary" onClick={() => setEdited('new')} data-testid="new-trait-rule">
            {t('traitRules.new')}
          </Button>
        )
      }
    >
      <div className="stack" data-testid="trait-rules">
        <Typography.Paragraph type="secondary">{t('traitRules.explanation')}</Typography.Paragraph>
        {drop.error && <ProblemAlert error={drop.error} />}
        <QueryView query={rules}>
          {({ items }) => (
            <Table<TraitRule>
              size="middle"
              rowKey="trait"
              dataSource={items}
              pagination={{ pageSize: 50, hideOnSinglePage: true }}
              scroll={{ x: 'max-content' }}
              aria-label={t('traitRules.title')}
              locale={{ emptyText: <Nothing text={t('traitRules.empty')} /> }}
              columns={[
                { title: t('traitRules.trait'), dataIndex: 'trait' },
                {
                  title: t('traitRules.sources'),
                  render: (_, rule) => rule.sources.map((source) => source.name).join(' > '),
                },
                {
                  title: t('traitRules.since'),
                  render: (_, rule) => `${format.moment(rule.changedAt)} · ${rule.changedBy}`,
                },
                {
                  title: '',
                  align: 'right',
                  render: (_, rule) =>
                    mayChange && (
                      <span className="row">
                        <Button
                          size="small"
                          onClick={() =>
                            setEdited({ trait: rule.trait, sources: rule.sources.map((source) => source.id) })
                          }
                        >
                          {t('traitRules.change')}
                        </Button>
                        <Popconfirm
                          title={t('traitRules.removeSure')}
                          onConfirm={() =>
                            drop.mutate(rule.trait, {
                              onSuccess: () => void message.success(t('traitRules.removed')),
                            })
                          }
                        >
                          <Button size="small" danger type="text" loading={drop.isPending}>
                            {t('traitRules.remove')}
                          </Button>
                        </Popconfirm>
                      </span>
                    ),
                },
              ]}
            />
          )}
        </QueryView>
        {edited && <RuleForm start={edited === 'new' ? undefined : edited} close={() => setEdited(undefined)} />}
      </div>
    </Card>
  );
}

function RuleForm({ start, close }: { start: Ranking | undefined; close: () => void }) {
  const { t } = useTranslation();
  const sources = useSourceNames();
  const sourceName = useSourceName();
  const format = useFormats();
  const { message } = App.useApp();
  const put = usePutTraitRule();
  const trial = useTryTraitRule();
  const [trait, setTrait] = useState(start?.trait ?? '');
  const [ranked, setRanked] = useState(start?.sources ?? []);
  const complete = trait.trim() !== '' && ranked.length > 0;
  const ranking = { trait: trait.trim(), sources: ranked };
  const rank = (sourcesNow: number[]) => {
    trial.reset();
    setRanked(sourcesNow);
  };
  const error = put.error ?? trial.error;
  return (
    <Modal
      open
      title={start ? start.trait : t('traitRules.new')}
      onCancel={close}
      okText={t('traitRules.put')}
      okButtonProps={{ disabled: !complete, 'data-testid': 'put-trait-rule' }}
      confirmLoading={put.isPending}
      onOk={() =>
        put.mutate(ranking, {
          onSuccess: () => {
            void message.success(t('traitRules.saved'));
            close();
          },
        })
      }
    >
      <div className="stack">
        {error && <ProblemAlert error={error} />}
        <label>
          {t('traitRules.trait')}
          <AutoComplete
            style={{ width: '100%' }}
            value={trait}
            disabled={start !== undefined}
            placeholder={t('traitRules.pick')}
            options={PERSONAL.map((value) => ({ value }))}
            onChange={(value: string) => {
              trial.reset();
              setTrait(value);
            }}
            aria-label={t('traitRules.trait')}
            data-testid="trait-rule-trait"
          />
        </label>
        <div>{t('traitRules.sources')}</div>
        <ol data-testid="trait-rule-sources">
          {ranked.map((id, index) => (
            <li key={id}>
              <span className="row">
                <Button
                  size="small"
                  disabled={index === 0}
                  onClick={() => rank(higher(ranked, index))}
                  aria-label={t('traitRules.higher')}
                >
                  ↑
                </Button>
                {sourceName(id)}
                <Button
                  size="small"
                  type="text"
                  onClick={() => rank(ranked.filter((one) => one !== id))}
                  aria-label={t('traitRules.leaveOut')}
                >
                  ✕
                </Button>
              </span>
            </li>
          ))}
        </ol>
        <Select
          value={null}
          placeholder={t('traitRules.add')}
          aria-label={t('traitRules.add')}
          options={sources.filter((one) => !ranked.includes(one.id)).map((one) => ({ value: one.id, label: one.name }))}
          onChange={(id: number) => rank([...ranked, id])}
          data-testid="trait-rule-add"
        />
        <Button
          disabled={!complete}
          loading={trial.isPending}
          onClick={() => trial.mutate(ranking)}
          data-testid="try-trait-rule"
        >
          {t('traitRules.try')}
        </Button>
        {trial.data && (
          <Alert
            type="info"
            showIcon
            data-testid="trait-rule-effect"
            title={t('traitRules.effect', {
              customers: format.number(trial.data.customers),
              contested: format.number(trial.data.contested),
              changing: format.number(trial.data.changing),
            })}
          />
        )}
      </div>
    </Modal>
  );
}
