import { Alert, Button, Card, Form, Input, InputNumber, Modal, Radio, Select, Steps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportMapping, Pull, PullDraft, PullPreview, Upload } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { useDatabases, usePreviewPull, useSavePull } from './api/pulls';
import { guessedMapping, mappingOf } from './mapping';
import { MappingForm } from './MappingForm';

interface What {
  name: string;
  databaseId: number;
  of: 'table' | 'query';
  table?: string;
  query?: string;
}

interface When {
  watermarkColumn?: string | null;
  overlap?: number | null;
  schedule: 'minutes' | 'daily' | 'hand';
  everyMinutes?: number | null;
  dailyAt?: string | null;
}

const sightOf = (what: What) => ({
  table: what.of === 'table' ? (what.table ?? null) : null,
  query: what.of === 'query' ? (what.query ?? null) : null,
});

const timesOf = (when: When) => ({
  watermarkColumn: when.watermarkColumn ?? null,
  overlap: when.overlap ?? null,
  everyMinutes: when.schedule === 'minutes' ? (when.everyMinutes ?? 60) : null,
  dailyAt: when.schedule === 'daily' ? (when.dailyAt ?? null) : null,
});

/** From a table to a pull: what to read, what its columns hold, when. */
export function NewPull({ currency, close }: { currency: string; close: () => void }) {
  const { t } = useTranslation();
  const preview = usePreviewPull();
  const save = useSavePull();
  const [what, setWhat] = useState<What>();
  const [mapping, setMapping] = useState<ImportMapping>();
  const seen = preview.data;
  const step = !what || !seen ? 0 : !mapping ? 1 : 2;
  return (
    <div className="stack">
      <Steps
        size="small"
        current={step}
        items={[{ title: t('pulls.what') }, { title: t('imports.mapping') }, { title: t('pulls.when') }]}
      />
      {step === 0 && (
        <WhatForm
          start={what}
          busy={preview.isPending}
          error={preview.error}
          look={(given) => {
            setWhat(given);
            preview.mutate({ database: given.databaseId, sight: sightOf(given) });
          }}
          close={close}
        />
      )}
      {step === 1 && what && seen && (
        <MappingForm
          upload={asUpload(what, seen)}
          start={guessedMapping(asUpload(what, seen), currency)}
          busy={false}
          submitText={t('pulls.goOn')}
          discardText={t('pulls.back')}
          tryIt={(values) => setMapping(mappingOf(values))}
          discard={() => preview.reset()}
        />
      )}
      {step === 2 && what && seen && mapping && (
        <Card title={t('pulls.when')}>
          <WhenForm
            start={{ schedule: 'minutes', everyMinutes: 60, watermarkColumn: seen.watermarks[0] ?? null }}
            watermarks={seen.watermarks}
            busy={save.isPending}
            error={save.error}
            submitText={t('pulls.make')}
            save={(when) => {
              const body: PullDraft = {
                name: what.name,
                databaseId: what.databaseId,
                ...sightOf(what),
                mapping,
                ...timesOf(when),
                active: true,
              };
              save.mutate({ id: undefined, body }, { onSuccess: close });
            }}
            back={() => setMapping(undefined)}
          />
        </Card>
      )}
    </div>
  );
}

/** What a preview tells is what an upload tells of a file. */
const asUpload = (what: What, { look }: PullPreview): Upload => ({
  id: '',
  fileName: what.name,
  bytes: 0,
  ...look,
  encoding: null,
});

interface WhatProps {
  start: What | undefined;
  busy: boolean;
  error: unknown;
  look: (what: What) => void;
  close: () => void;
}

function WhatForm({ start, busy, error, look, close }: WhatProps) {
  const { t } = useTranslation();
  const databases = useDatabases();
  const [of, setOf] = useState<What['of']>(start?.of ?? 'table');
  return (
    <QueryView query={{ ...databases, data: databases.items }}>
      {(all) => (
        <Card>
          {Boolean(error) && <ProblemAlert error={error} />}
          {all.length === 0 && <Alert type="info" showIcon title={t('pulls.firstADatabase')} />}
          <Form<What>
            layout="vertical"
            disabled={busy}
            initialValues={start ?? { of: 'table', databaseId: all[0]?.id }}
            onValuesChange={(changed: Partial<What>) => changed.of && setOf(changed.of)}
            onFinish={look}
          >
            <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
              <Input data-testid="pull-name" />
            </Form.Item>
            <Form.Item name="databaseId" label={t('pulls.database')} rules={[{ required: true }]}>
              <Select options={all.map((one) => ({ value: one.id, label: one.name }))} data-testid="pull-database" />
            </Form.Item>
            <Form.Item name="of" label={t('pulls.of')}>
              <Radio.Group
                options={[
                  { value: 'table', label: t('pulls.table') },
                  { value: 'query', label: t('pulls.query') },
                ]}
              />
            </Form.Item>
            {of === 'table' ? (
              <Form.Item
                name="table"
                label={t('pulls.table')}
                extra={t('pulls.tableHint')}
                rules={[{ required: true }]}
              >
                <Input data-testid="pull-table" />
              </Form.Item>
            ) : (
              <Form.Item
                name="query"
                label={t('pulls.query')}
                extra={t('pulls.queryHint')}
                rules={[{ required: true }]}
              >
                <Input.TextArea autoSize={{ minRows: 4 }} data-testid="pull-query" />
              </Form.Item>
            )}
            <div className="row">
              <Button type="primary" htmlType="submit" loading={busy} data-testid="preview-pull">
                {t('pulls.look')}
              </Button>
              <Button onClick={close} disabled={false}>
                {t('common.close')}
              </Button>
            </div>
          </Form>
        </Card>
      )}
    </QueryView>
  );
}

interface WhenProps {
  start: When;
  watermarks: string[];
  busy: boolean;
  error: unknown;
  submitText: string;
  save: (when: When) => void;
  back: () => void;
}

function WhenForm({ start, watermarks, busy, error, submitText, save, back }: WhenProps) {
  const { t } = useTranslation();
  const [schedule, setSchedule] = useState(start.schedule);
  return (
    <Form<When>
      layout="vertical"
      disabled={busy}
      initialValues={start}
      onValuesChange={(changed: Partial<When>) => changed.schedule && setSchedule(changed.schedule)}
      onFinish={save}
    >
      {Boolean(error) && <ProblemAlert error={error} />}
      <Form.Item name="watermarkColumn" label={t('pulls.watermarkColumn')} extra={t('pulls.watermarkHint')}>
        <Select
          allowClear
          placeholder={t('pulls.noWatermark')}
          options={watermarks.map((value) => ({ value, label: value }))}
          data-testid="pull-watermark"
        />
      </Form.Item>
      <Form.Item name="overlap" label={t('pulls.overlap')} extra={t('pulls.overlapHint')}>
        <InputNumber min={0} max={1_000_000_000} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item name="schedule" label={t('pulls.schedule')}>
        <Radio.Group
          options={[
            { value: 'minutes', label: t('pulls.minutes') },
            { value: 'daily', label: t('pulls.daily') },
            { value: 'hand', label: t('pulls.byHand') },
          ]}
        />
      </Form.Item>
      {schedule === 'minutes' && (
        <Form.Item name="everyMinutes" label={t('pulls.howManyMinutes')} rules={[{ required: true }]}>
          <InputNumber min={1} max={10_080} />
        </Form.Item>
      )}
      {schedule === 'daily' && (
        <Form.Item
          name="dailyAt"
          label={t('pulls.timeOfDay')}
          rules={[{ required: true, pattern: /^([01]\d|2[0-3]):[0-5]\d$/, message: t('pulls.timeOfDayHint') }]}
        >
          <Input placeholder="03:30" style={{ width: 120 }} />
        </Form.Item>
      )}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy} data-testid="save-pull">
          {submitText}
        </Button>
        <Button onClick={back} disabled={false}>
          {t('pulls.back')}
        </Button>
      </div>
    </Form>
  );
}

/** When a pull is done; what it reads and how stays as it is. */
export function ChangePull({ pull, close }: { pull: Pull; close: () => void }) {
  const { t } = useTranslation();
  const save = useSavePull();
  const { watermarkColumn } = pull;
  return (
    <Modal open title={pull.name} footer={null} onCancel={close}>
      <WhenForm
        start={{
          watermarkColumn,
          overlap: pull.overlap,
          schedule: pull.everyMinutes != null ? 'minutes' : pull.dailyAt != null ? 'daily' : 'hand',
          everyMinutes: pull.everyMinutes,
          dailyAt: pull.dailyAt,
        }}
        watermarks={watermarkColumn ? [watermarkColumn] : []}
        busy={save.isPending}
        error={save.error}
        submitText={t('common.save')}
        save={(when) =>
          save.mutate(
            {
              id: pull.id,
              body: {
                name: pull.name,
                databaseId: pull.databaseId,
                table: pull.table,
                query: pull.query,
                mapping: pull.mapping,
                ...timesOf(when),
                active: pull.active,
              },
            },
            { onSuccess: close },
          )
        }
        back={close}
      />
    </Modal>
  );
}
