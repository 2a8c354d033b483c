import { Button, Card, Form, Input, InputNumber, Progress, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { onTheWall } from '@/shared/zone';
import { useTranslation } from 'react-i18next';
import type { Objective } from '@/shared/api/types';
import { useLabel } from '@/shared/i18n/useLabel';
import { Figure, Figures } from '@/shared/ui/Figure';
import { useFormats } from '@/shared/i18n/language';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { DayPicker } from '@/shared/ui/pickers';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useSaveObjective } from './api/saveObjective';
import { isRate, METRICS, OBJECTIVE_KINDS } from './objective';
import { useMeasureText } from './useMeasureText';

interface Values {
  kind?: Objective['kind'];
  name?: string;
  metric?: Objective['metric'];
  unit?: Objective['unit'];
  segmentId?: number;
  windowDays?: number;
  target?: number;
  deadline?: Dayjs;
}

const FIELDS = [['kind'], ['name'], ['metric'], ['unit'], ['segmentId'], ['windowDays'], ['target'], ['deadline']];

interface Props {
  objective: Objective | null;
  segments: readonly { id: number; name: string }[];
  today: string | undefined;
  currency: string;
  mayEdit: boolean;
  saved: (id: number) => void;
}

export function ObjectiveForm({ objective, segments, today, currency, mayEdit, saved }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const [form] = Form.useForm<Values>();
  const save = useSaveObjective(objective?.id ?? null);
  const problem = useFormProblem(form, FIELDS);
  const metric = Form.useWatch('metric', form);
  const unit = Form.useWatch('unit', form);
  const inPercent = unit === 'relative' || (metric !== undefined && isRate(metric));

  // People write “5 points” or “10 %”; the server is told 0.05 and 0.1.
  const finish = (values: Values) => {
    problem.clear();
    const scaled = values.unit === 'relative' || (values.metric && isRate(values.metric)) ? 100 : 1;
    save.mutate(
      {
        kind: values.kind,
        name: values.name?.trim(),
        metric: values.metric,
        unit: values.unit,
        segmentId: values.segmentId ?? null,
        windowDays: values.windowDays,
        target: Number(((values.target ?? 0) / scaled).toFixed(6)),
        deadline: values.deadline?.format('YYYY-MM-DD'),
      },
      { onSuccess: (one) => saved(one.id), onError: problem.show },
    );
  };
  const start: Values = objective
    ? {
        kind: objective.kind,
        name: objective.name,
        metric: objective.metric,
        unit: objective.unit,
        segmentId: objective.segmentId ?? undefined,
        windowDays: objective.windowDays,
        target: Number(
          (objective.target * (objective.unit === 'relative' || isRate(objective.metric) ? 100 : 1)).toFixed(4),
        ),
        deadline: dayjs(objective.deadline),
      }
    : { kind: 'retain', metric: 'repurchase_rate', unit: 'points', windowDays: 90 };
  return (
    <Card>
      <Form<Values>
        form={form}
        layout="vertical"
        disabled={!mayEdit}
        initialValues={start}
        onFinish={finish}
        style={{ maxWidth: 720 }}
        data-testid="objective-form"
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item
          name="name"
          label={t('common.name')}
          rules={[{ required: true, message: t('objectives.nameMissing') }]}
        >
          <Input maxLength={120} placeholder={t('objectives.nameHint')} data-testid="objective-name" />
        </Form.Item>
        <Form.Item name="kind" label={t('objectives.kind')} rules={[{ required: true }]}>
          <Radio.Group
            optionType="button"
            options={OBJECTIVE_KINDS.map((value) => ({ value, label: label('objectiveKind', value) }))}
          />
        </Form.Item>
        <Form.Item name="segmentId" label={t('objectives.segment')} extra={t('objectives.segmentHint')}>
          <Select
            allowClear
            placeholder={t('objectives.everybody')}
            options={segments.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Form.Item name="metric" label={t('objectives.metric')} rules={[{ required: true }]}>
          <Select
            options={METRICS.map((value) => ({ value, label: label('metric', value) }))}
            data-testid="objective-metric"
          />
        </Form.Item>
        <div className="columns" style={{ gap: '0 16px', gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))' }}>
          <Form.Item name="unit" label={t('objectives.unit')} rules={[{ required: true }]}>
            <Radio.Group
              optionType="button"
              options={['points', 'relative'].map((value) => ({ value, label: label('unit', value) }))}
            />
          </Form.Item>
          <Form.Item
            name="target"
            label={t('objectives.target')}
            rules={[{ required: true, message: t('objectives.targetMissing') }]}
          >
            <InputNumber
              style={{ width: '100%' }}
              suffix={unit === 'relative' ? '%' : inPercent ? t('objectives.points') : currency}
              data-testid="objective-target"
            />
          </Form.Item>
        </div>
        <div className="columns" style={{ gap: '0 16px', gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))' }}>
          <Form.Item
            name="windowDays"
            label={t('objectives.window')}
            rules={[{ required: true, message: t('objectives.windowMissing') }]}
          >
            <InputNumber min={1} max={730} precision={0} suffix={t('rule.days')} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item
            name="deadline"
            label={t('objectives.deadline')}
            rules={[{ required: true, message: t('objectives.deadlineMissing') }]}
          >
            <DayPicker
              style={{ width: '100%' }}
              defaultPickerValue={onTheWall(today)}
              disabledDate={(day) => today !== undefined && day.isBefore(onTheWall(today), 'day')}
              data-testid="objective-deadline"
            />
          </Form.Item>
        </div>
        {mayEdit && (
          <Button
            type="primary"
            htmlType="submit"
            loading={save.isPending || (objective === null && save.isSuccess)}
            data-testid="save-objective"
          >
            {t('common.save')}
          </Button>
        )}
      </Form>
    </Card>
  );
}

export function ObjectiveState({ objective, currency }: { objective: Objective; currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const measure = useMeasureText(currency);
  return (
    <div className="stack">
      <Figures>
        <Figure
          label={t('objectives.baseline')}
          value={measure.level(objective.metric, objective.baseline)}
          note={
            objective.baselineCustomers != null &&
            t('objectives.measuredOver', { number: format.number(objective.baselineCustomers) })
          }
          testId="objective-baseline"
        />
        <Figure label={t('objectives.target')} value={measure.target(objective)} />
        <Figure
          label={t('objectives.current')}
          value={measure.level(objective.metric, objective.current)}
          note={label('measuring', objective.measured)}
          testId="objective-current"
        />
        <Figure
          label={t('objectives.deadline')}
          value={format.day(objective.deadline)}
          note={label('objectiveState', objective.state)}
        />
      </Figures>
      {objective.progress != null && (
        <Card size="small" title={t('objectives.progress')}>
          <Progress
            percent={Math.max(0, Math.min(100, Math.round(objective.progress * 100)))}
            aria-label={t('objectives.progressOf', { name: objective.name })}
          />
        </Card>
      )}
    </div>
  );
}
