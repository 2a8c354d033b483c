import { Button, Card, Form, Input, InputNumber, Radio } from 'antd';
import type { Dayjs } from 'dayjs';
import { atTheWall, onTheWall } from '@/shared/zone';
import { useTranslation } from 'react-i18next';
import type { Offer } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { DayPicker } from '@/shared/ui/pickers';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useSaveOffer } from './api/saveOffer';

interface Values {
  name?: string;
  kind?: Offer['kind'];
  value?: number;
  costPerUse?: number;
  budget?: number | null;
  expiresAt?: Dayjs;
}

const FIELDS = [['name'], ['kind'], ['value'], ['costPerUse'], ['budget'], ['expiresAt']];

interface Props {
  offer: Offer | null;
  currency: string;
  today: string | undefined;
  mayEdit: boolean;
  saved: (id: number) => void;
}

export function OfferForm({ offer, currency, today, mayEdit, saved }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const save = useSaveOffer(offer?.id ?? null);
  const problem = useFormProblem(form, FIELDS);
  const kind = Form.useWatch('kind', form);
  const start: Values = offer
    ? {
        name: offer.name,
        kind: offer.kind,
        value: offer.value,
        costPerUse: offer.costPerUse,
        budget: offer.budget,
        expiresAt: onTheWall(offer.expiresAt),
      }
    : { kind: 'percent', value: 10, costPerUse: 0 };
  return (
    <Card title={t('offers.details')}>
      <Form<Values>
        form={form}
        layout="vertical"
        disabled={!mayEdit}
        initialValues={start}
        onFinish={(values) => {
          problem.clear();
          save.mutate(
            {
              name: values.name?.trim(),
              kind: values.kind,
              value: values.value,
              currency: values.kind === 'amount' ? currency : null,
              costPerUse: values.costPerUse ?? 0,
              budget: values.budget ?? null,
              expiresAt: values.expiresAt && atTheWall(values.expiresAt.endOf('day')),
            },
            { onSuccess: (one) => saved(one.id), onError: problem.show },
          );
        }}
        data-testid="offer-form"
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item name="name" label={t('common.name')} rules={[{ required: true, message: t('offers.nameMissing') }]}>
          <Input maxLength={120} placeholder={t('offers.nameHint')} data-testid="offer-name" />
        </Form.Item>
        <Form.Item name="kind" label={t('offers.kind')}>
          <Radio.Group
            optionType="button"
            options={[
              { value: 'percent', label: t('offers.percent') },
              { value: 'amount', label: t('offers.amount') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="value"
          label={t('offers.value')}
          rules={[{ required: true, message: t('offers.valueMissing') }]}
        >
          <InputNumber
            min={0}
            max={kind === 'percent' ? 100 : undefined}
            suffix={kind === 'percent' ? '%' : currency}
            style={{ width: '100%' }}
          />
        </Form.Item>
        <Form.Item name="costPerUse" label={t('offers.costPerUse')} extra={t('offers.costHint')}>
          <InputNumber min={0} precision={2} suffix={currency} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="budget" label={t('offers.budget')} extra={t('offers.budgetHint')}>
          <InputNumber min={0} precision={2} suffix={currency} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="expiresAt"
          label={t('offers.expires')}
          rules={[{ required: true, message: t('offers.expiresMissing') }]}
        >
          <DayPicker
            style={{ width: '100%' }}
            defaultPickerValue={onTheWall(today)}
            disabledDate={(day) => today !== undefined && day.isBefore(onTheWall(today), 'day')}
            data-testid="offer-expires"
          />
        </Form.Item>
        {mayEdit && (
          <Button
            type="primary"
            htmlType="submit"
            loading={save.isPending || (offer === null && save.isSuccess)}
            data-testid="save-offer"
          >
            {t('common.save')}
          </Button>
        )}
      </Form>
    </Card>
  );
}
