import { Button, Card, Form, Input, InputNumber, Select, Slider } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { atTheWall, onTheWall } from '@/shared/zone';
import { useTranslation } from 'react-i18next';
import type { Campaign } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { HoursPicker, MomentPicker } from '@/shared/ui/pickers';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useSaveCampaign } from './api/saveCampaign';

interface Choice {
  id: number;
  name: string;
}

type Category = Campaign['category'];

const CATEGORIES: Category[] = ['promotion', 'newsletter', 'reminder', 'survey'];

interface Values {
  name?: string;
  objectiveId?: number;
  segmentId?: number;
  templateId?: number;
  offerId?: number;
  holdoutPercent?: number;
  hours?: [Dayjs, Dayjs];
  startAt?: Dayjs | null;
  attributionDays?: number;
  messageCost?: number;
  topic?: string;
  category?: Category;
}

interface Props {
  campaign: Campaign | null;
  objectives: readonly Choice[];
  segments: readonly Choice[];
  templates: readonly Choice[];
  offers: readonly Choice[];
  topics: readonly { code: string; name: string }[];
  currency: string;
  today: string | undefined;
  mayEdit: boolean;
  saved: (id: number) => void;
}

const FIELDS = [
  ['name'],
  ['objectiveId'],
  ['segmentId'],
  ['templateId'],
  ['offerId'],
  ['attributionDays'],
  ['messageCost'],
  ['topic'],
  ['category'],
  { name: ['holdoutPercent'], place: ['holdoutShare'] },
  { name: ['hours'], place: ['sendWindow'] },
  { name: ['startAt'], place: ['sendWindow', 'startAt'] },
];
const clock = (text: string) => dayjs(`2000-01-01T${text}`);
const options = (choices: readonly Choice[]) => choices.map(({ id, name }) => ({ value: id, label: name }));

export function CampaignForm({
  campaign,
  objectives,
  segments,
  templates,
  offers,
  topics,
  currency,
  today,
  mayEdit,
  saved,
}: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const save = useSaveCampaign(campaign?.id ?? null);
  const problem = useFormProblem(form, FIELDS);
  const holdout = Form.useWatch('holdoutPercent', form);
  const start: Values = campaign
    ? {
        name: campaign.name,
        objectiveId: campaign.objectiveId,
        segmentId: campaign.segmentId,
        templateId: campaign.templateId,
        offerId: campaign.offerId ?? undefined,
        holdoutPercent: Number((campaign.holdoutShare * 100).toFixed(2)),
        hours: [clock(campaign.sendWindow.from), clock(campaign.sendWindow.to)],
        startAt: campaign.sendWindow.startAt ? onTheWall(campaign.sendWindow.startAt) : null,
        attributionDays: campaign.attributionDays,
        messageCost: campaign.messageCost,
        topic: campaign.topic ?? undefined,
        category: campaign.category,
      }
    : {
        holdoutPercent: 10,
        hours: [clock('09:00'), clock('20:00')],
        attributionDays: 14,
        messageCost: 0,
        category: 'promotion',
      };
  const finish = (values: Values) => {
    problem.clear();
    save.mutate(
      {
        name: values.name?.trim() ?? '',
        objectiveId: values.objectiveId ?? 0,
        segmentId: values.segmentId ?? 0,
        templateId: values.templateId ?? 0,
        offerId: values.offerId ?? null,
        holdoutShare: Number(((values.holdoutPercent ?? 0) / 100).toFixed(4)),
        sendWindow: {
          from: values.hours?.[0].format('HH:mm') ?? '',
          to: values.hours?.[1].format('HH:mm') ?? '',
          startAt: values.startAt ? atTheWall(values.startAt) : null,
        },
        attributionDays: values.attributionDays ?? 0,
        messageCost: values.messageCost ?? 0,
        topic: values.topic ?? null,
        category: values.category ?? 'promotion',
      },
      { onSuccess: (one) => saved(one.id), onError: problem.show },
    );
  };
  const choose = (
    name: 'objectiveId' | 'segmentId' | 'templateId',
    label: string,
    choices: readonly Choice[],
    hint?: string,
  ) => (
    <Form.Item
      name={name}
      label={label}
      extra={hint}
      rules={[{ required: true, message: t('campaigns.choiceMissing') }]}
    >
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        options={options(choices)}
        placeholder={t('rule.choose')}
        data-testid={`campaign-${name}`}
      />
    </Form.Item>
  );
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      disabled={!mayEdit}
      initialValues={start}
      onFinish={finish}
      className="stack"
      data-testid="campaign-form"
    >
      {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
      <div className="columns">
        <Card title={t('campaigns.what')}>
          <Form.Item
            name="name"
            label={t('common.name')}
            rules={[{ required: true, message: t('campaigns.nameMissing') }]}
          >
            <Input maxLength={120} placeholder={t('campaigns.nameHint')} data-testid="campaign-name" />
          </Form.Item>
          {choose('objectiveId', t('campaigns.objective'), objectives)}
          {choose('segmentId', t('campaigns.segment'), segments)}
          {choose('templateId', t('campaigns.template'), templates)}
          <Form.Item name="offerId" label={t('campaigns.offer')}>
            <Select
              allowClear
              options={options(offers)}
              placeholder={t('campaigns.noOffer')}
              data-testid="campaign-offerId"
            />
          </Form.Item>
          <Form.Item name="topic" label={t('consent.topic')}>
            <Select
              allowClear
              options={topics.map(({ code, name }) => ({ value: code, label: name }))}
              placeholder={t('consent.noTopic')}
              data-testid="campaign-topic"
            />
          </Form.Item>
          <Form.Item name="category" label={t('consent.category')}>
            <Select
              options={CATEGORIES.map((value) => ({ value, label: t(`consent.categories.${value}`) }))}
              data-testid="campaign-category"
            />
          </Form.Item>
        </Card>
        <Card title={t('campaigns.how')}>
          <Form.Item
            name="holdoutPercent"
            label={t('campaigns.holdoutIs', { percent: holdout })}
            extra={t('campaigns.holdoutHint')}
          >
            <Slider
              min={1}
              max={50}
              marks={{ 1: '1%', 10: '10%', 25: '25%', 50: '50%' }}
              tooltip={{ formatter: (value) => `${value}%` }}
              ariaLabelForHandle={t('campaigns.holdout')}
            />
          </Form.Item>
          <Form.Item
            name="hours"
            label={t('campaigns.hours')}
            extra={t('campaigns.hoursHint')}
            rules={[{ required: true }]}
          >
            <HoursPicker style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="startAt" label={t('campaigns.startAt')} extra={t('campaigns.startHint')}>
            <MomentPicker
              style={{ width: '100%' }}
              defaultPickerValue={onTheWall(today)}
              data-testid="campaign-start"
            />
          </Form.Item>
          <Form.Item
            name="attributionDays"
            label={t('campaigns.window')}
            extra={t('campaigns.windowHint')}
            rules={[{ required: true, message: t('campaigns.windowMissing') }]}
          >
            <InputNumber min={1} max={365} precision={0} suffix={t('rule.days')} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="messageCost" label={t('campaigns.messageCost')}>
            <InputNumber min={0} precision={4} suffix={currency} style={{ width: '100%' }} />
          </Form.Item>
        </Card>
      </div>
      {mayEdit && (
        <div>
          <Button
            type="primary"
            htmlType="submit"
            loading={save.isPending || (campaign === null && save.isSuccess)}
            data-testid="save-campaign"
          >
            {t('campaigns.saveAndForecast')}
          </Button>
        </div>
      )}
    </Form>
  );
}
