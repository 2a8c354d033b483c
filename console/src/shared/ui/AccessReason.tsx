import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Modal, Radio } from 'antd';
import { useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { giveReason, hasReason, onReason } from '@/shared/api/accessReason';
import { useSessionUser } from '@/shared/session';

interface Props {
  /** Whose page it is; without one it is asked for the whole session. */
  customerId?: string;
}

/** Where the installation asks why somebody looks: the question, and until it is answered that everything is masked. */
export function AccessReason({ customerId }: Props) {
  const { t } = useTranslation();
  const { reasonRequired } = useSessionUser();
  const given = useSyncExternalStore(onReason, () => hasReason(customerId));
  const [open, setOpen] = useState(customerId !== undefined);
  if (!reasonRequired || given) {
    return null;
  }
  return (
    <>
      <Alert
        type="info"
        showIcon
        title={t('accessReason.masked')}
        action={<Button onClick={() => setOpen(true)}>{t('accessReason.say')}</Button>}
        data-testid="access-reason"
      />
      {open && <Question customerId={customerId} close={() => setOpen(false)} />}
    </>
  );
}

interface Values {
  reason: string;
  scope: 'customer' | 'session';
}

function Question({ customerId, close }: Props & { close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const answer = ({ reason, scope }: Values) => {
    giveReason(reason, scope === 'customer' ? customerId : undefined);
    close();
    void queries.invalidateQueries();
  };
  return (
    <Modal
      open
      title={t('accessReason.title')}
      okText={t('accessReason.show')}
      cancelText={t('accessReason.stay')}
      onCancel={close}
      onOk={form.submit}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ scope: customerId === undefined ? 'session' : 'customer' }}
        onFinish={answer}
      >
        <Form.Item
          name="reason"
          label={t('accessReason.why')}
          extra={t('accessReason.written')}
          rules={[{ required: true, whitespace: true }]}
        >
          <Input maxLength={500} autoFocus data-testid="access-reason-text" />
        </Form.Item>
        <Form.Item name="scope" label={t('accessReason.scope')} hidden={customerId === undefined}>
          <Radio.Group
            options={[
              { value: 'customer', label: t('accessReason.thisCustomer') },
              { value: 'session', label: t('accessReason.untilSignOut') },
            ]}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
