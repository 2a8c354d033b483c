import {
  Button,
  Descriptions,
  Input,
  Popconfirm,
  Progress,
  Segmented,
  Select,
  Table,
  Tag as Chip,
  Typography,
} from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Tag } from '@/shared/api/types';
import { useFormats, useLanguage } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing } from '@/shared/ui/QueryView';
import { ValueCounts } from './ValueCounts';
import { useApproveTag, useRefreshTags, useRetireTag } from './api/tags';
import { covered, freshAt, HEALTH, KINDS, ofHealth, searched, type HealthFilter } from './tagList';

/** The catalogue: every tag with who answers for it, whom it covers and what is wrong with it. */
export function TagsTable({ tags }: { tags: readonly Tag[] }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const format = useFormats();
  const [text, setText] = useState('');
  const [kind, setKind] = useState<string>();
  const [health, setHealth] = useState<HealthFilter>('all');
  const shown = useMemo(
    () => ofHealth(searched(tags, text), health).filter((tag) => !kind || tag.definition.kind === kind),
    [tags, text, health, kind],
  );
  return (
    <div className="stack">
      <div className="row" style={{ flexWrap: 'wrap', gap: 8 }}>
        <Input.Search
          allowClear
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={t('tags.search')}
          aria-label={t('tags.search')}
          style={{ width: 260 }}
          data-testid="tag-search"
        />
        <Select
          allowClear
          value={kind}
          onChange={setKind}
          placeholder={t('tags.kind')}
          aria-label={t('tags.kind')}
          style={{ minWidth: 140 }}
          options={KINDS.map((value) => ({ value, label: t(`tags.kinds.${value}`) }))}
        />
        <div style={{ overflowX: 'auto', maxWidth: '100%' }}>
          <Segmented<HealthFilter>
            value={health}
            onChange={setHealth}
            options={(['all', ...HEALTH] as const).map((value) => ({
              value,
              label: `${t(`tags.healths.${value}`)} ${ofHealth(tags, value).length}`,
            }))}
          />
        </div>
      </div>
      <Table<Tag>
        size="middle"
        rowKey="key"
        dataSource={shown}
        aria-label={t('nav.tags')}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Nothing text={t('tags.empty')} /> }}
        expandable={{ expandedRowRender: (tag) => <TagDetails tag={tag} /> }}
        data-testid="tags"
        columns={[
          {
            title: t('common.name'),
            render: (_, tag) => (
              <div style={{ maxWidth: 340, whiteSpace: 'normal' }}>
                <strong>{tag.definition.name?.[language]}</strong>
                <div className="figure-note">{tag.definition.description?.[language]}</div>
              </div>
            ),
          },
          {
            title: t('tags.kind'),
            render: (_, tag) => <Chip>{t(`tags.kinds.${tag.definition.kind ?? 'rule'}`)}</Chip>,
          },
          { title: t('tags.owner'), render: (_, tag) => tag.definition.owner },
          {
            title: t('tags.coverage'),
            render: (_, tag) =>
              tag.run ? (
                <div style={{ width: 130 }}>
                  <Progress percent={Math.round(covered(tag) * 100)} size="small" />
                  <div className="figure-note">
                    {t('tags.ofPopulation', {
                      covered: format.number(tag.run.covered),
                      population: format.number(tag.run.population),
                    })}
                  </div>
                  {tag.run.outside > 0 && (
                    <div className="figure-note">{t('tags.outside', { number: format.number(tag.run.outside) })}</div>
                  )}
                </div>
              ) : (
                '–'
              ),
          },
          {
            title: t('tags.fresh'),
            render: (_, tag) => {
              const at = freshAt(tag);
              return at ? format.moment(at) : t('tags.never');
            },
          },
          {
            title: t('tags.health'),
            render: (_, tag) =>
              tag.retired ? (
                <Chip>{t('tags.retired')}</Chip>
              ) : (
                tag.health.map((one) => (
                  <Chip key={one} color={one === 'unused' ? 'default' : one === 'unapproved' ? 'blue' : 'orange'}>
                    {t(`tags.healths.${one}`)}
                  </Chip>
                ))
              ),
          },
        ]}
      />
    </div>
  );
}

function TagDetails({ tag }: { tag: Tag }) {
  const { t } = useTranslation();
  const format = useFormats();
  const approve = useApproveTag();
  const retire = useRetireTag();
  const refresh = useRefreshTags();
  const mayApprove = useMay('approve');
  const mayPlan = useMay('plan');
  const error = approve.error ?? retire.error ?? refresh.error;
  const computed = tag.definition.kind !== 'manual' && tag.definition.kind !== 'imported';
  return (
    <div className="stack" data-testid={`tag-${tag.key}`}>
      {error && <ProblemAlert error={error} />}
      <Descriptions
        column={{ xs: 1, sm: 1, md: 2 }}
        size="small"
        items={[
          { key: 'key', label: t('tags.key'), children: <code>{tag.key}</code> },
          {
            key: 'version',
            label: t('common.version'),
            children: t('tags.versions', { version: tag.version, approved: tag.approvedVersion ?? '–' }),
          },
          { key: 'by', label: t('tags.changedBy'), children: `${tag.changedBy} · ${format.day(tag.changedAt)}` },
          {
            key: 'approved',
            label: t('tags.approvedBy'),
            children: tag.approvedBy ? `${tag.approvedBy} · ${format.day(tag.approvedAt ?? tag.changedAt)}` : '–',
          },
          {
            key: 'refresh',
            label: t('tags.refresh'),
            children: t('tags.everyDays', { days: tag.definition.refreshDays ?? 1 }),
          },
          {
            key: 'lineage',
            label: t('tags.lineage'),
            children: tag.lineage.map((one) => <Chip key={one}>{one}</Chip>),
          },
          {
            key: 'users',
            label: t('tags.users'),
            children: tag.users.length === 0 ? t('tags.noUsers') : tag.users.join(' · '),
          },
          ...(tag.run && tag.definition.exclusive
            ? [{ key: 'several', label: t('tags.several'), children: format.number(tag.run.several + tag.overlapping) }]
            : []),
        ]}
      />
      {tag.run?.problem && <Typography.Text type="danger">{tag.run.problem}</Typography.Text>}
      {tag.run && tag.run.values.length > 0 && <ValueCounts counts={tag.run.values} />}
      {tag.definition.sql && <pre style={{ whiteSpace: 'pre-wrap', margin: 0 }}>{tag.definition.sql}</pre>}
      <div className="row" style={{ gap: 8 }}>
        {mayApprove && tag.approvedVersion !== tag.version && (
          <Button
            type="primary"
            loading={approve.isPending}
            onClick={() => approve.mutate({ key: tag.key, version: tag.version })}
            data-testid={`approve-${tag.key}`}
          >
            {t('tags.approve', { version: tag.version })}
          </Button>
        )}
        {mayPlan && computed && tag.approvedVersion !== null && !tag.retired && (
          <Button loading={refresh.isPending} onClick={() => refresh.mutate([tag.key])}>
            {t('tags.workOut')}
          </Button>
        )}
        {mayPlan && (
          <Link to={`/tags/${tag.key}`}>
            <Button data-testid={`edit-${tag.key}`}>{t('tags.edit')}</Button>
          </Link>
        )}
        {mayPlan && !tag.retired && (
          <Popconfirm title={t('tags.retireSure')} onConfirm={() => retire.mutate(tag.key)}>
            <Button danger type="text" loading={retire.isPending}>
              {t('tags.retire')}
            </Button>
          </Popconfirm>
        )}
      </div>
    </div>
  );
}
