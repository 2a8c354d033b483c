import { App, Button, Form, Input, Modal } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useMergeByHand } from './api/identity';

/** What finds a customer, as a field of this form. */
export type PickerSlot = (field: {
  value: string | undefined;
  change: (customerId: string | undefined) => void;
}) => ReactNode;

interface Props {
  customerId: string;
  picker: PickerSlot;
  merged: (customerId: string) => void;
}

interface Values {
  other: string;
  reason: string;
}

function PickerField(given: { value?: string; onChange?: (id: string | undefined) => void; slot: PickerSlot }) {
  return given.slot({ value: given.value, change: (id) => given.onChange?.(id) });
}

/** Says that this customer and another one are the same person. */
export function MergeByHand(props: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!useMay('settle')) {
    return null;
  }
  return (
    <>
      <Button onClick={() => setOpen(true)} data-testid="merge-by-hand">
        {t('identity.mergeByHand')}
      </Button>
      {open && <Question {...props} close={() => setOpen(false)} />}
    </>
  );
}

function Question({ customerId, picker, merged, close }: Props & { close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const merge = useMergeByHand();
  const say = ({ other, reason }: Values) =>
    merge.mutate(
      { customerId, otherCustomerId: other, reason: reason.trim() },
      {
        onSuccess: (entry) => {
          void message.success(t('identity.accepted'));
          close();
          merged(entry.winner);
        },
      },
    );
  return (
    <Modal
      open
      title={t('identity.mergeByHand')}
      okText={t('identity.accept')}
      confirmLoading={merge.isPending}
      onCancel={close}
      onOk={form.submit}
    >
      <Form<Values> form={form} layout="vertical" onFinish={say}>
        {merge.error && <ProblemAlert error={merge.error} />}
        <Form.Item
          name="other"
          label={t('identity.other')}
          extra={t('customers.searchHint')}
          rules={[{ required: true }]}
        >
          <PickerField slot={picker} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('identity.reason')}
          extra={t('rights.noName')}
          rules={[{ required: true, whitespace: true }]}
        >
          <Input maxLength={500} data-testid="merge-reason" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
