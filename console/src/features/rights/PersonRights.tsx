import { Button, Card, Form, Input, Modal, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Look } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useAccesses } from './api/listAccesses';
import { useRequestErasure } from './api/requestErasure';
import { useArchive } from './api/takeArchive';

interface Props {
  customerId: string;
}

/** What a person may ask of us: everything held about them, erasure, and who looked at them. */
export function PersonRights({ customerId }: Props) {
  const { t } = useTranslation();
  const administers = useMay('administer');
  const plans = useMay('plan');
  const [erasing, setErasing] = useState(false);
  const archive = useArchive(customerId);
  if (!plans) {
    return null;
  }
  return (
    <Card
      title={t('rights.title')}
      data-testid="person-rights"
      extra={
        administers && (
          <span className="page-actions">
            <Button onClick={() => archive.mutate()} loading={archive.isPending} data-testid="archive">
              {t('rights.archive')}
            </Button>
            <Button danger onClick={() => setErasing(true)}>
              {t('rights.erase')}
            </Button>
          </span>
        )
      }
    >
      {archive.error && <ProblemAlert error={archive.error} />}
      <Typography.Paragraph type="secondary">{t('rights.looked')}</Typography.Paragraph>
      <Accesses customerId={customerId} />
      {erasing && <Erase customerId={customerId} close={() => setErasing(false)} />}
    </Card>
  );
}

function Accesses({ customerId }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const accesses = useAccesses(customerId);
  return (
    <ListTable<Look>
      list={accesses}
      testId="accesses"
      label={t('rights.looked')}
      rowKey={(row) => row.id}
      empty={t('rights.nobody')}
      columns={[
        { title: t('common.at'), render: (_, row) => format.moment(row.at), width: 170 },
        { title: t('rights.who'), dataIndex: 'actor' },
        { title: t('rights.what'), dataIndex: 'what' },
        {
          title: t('rights.fields'),
          render: (_, row) => (row.fields.length === 0 ? t('rights.masked') : row.fields.join(', ')),
        },
        { title: t('rights.why'), render: (_, row) => row.reason ?? '–' },
      ]}
    />
  );
}

function Erase({ customerId, close }: Props & { close: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [form] = Form.useForm<{ reason: string }>();
  const request = useRequestErasure(customerId);
  const made = request.data;
  return (
    <Modal
      open
      title={t('rights.erase')}
      onCancel={close}
      okText={made ? t('common.close') : t('rights.erase')}
      okButtonProps={{ danger: !made }}
      cancelButtonProps={{ style: { display: made ? 'none' : undefined } }}
      confirmLoading={request.isPending}
      onOk={() => (made ? close() : form.submit())}
    >
      {made ? (
        <Typography.Paragraph>
          {t('rights.erasing', { id: made.id, at: format.moment(made.dueAt) })}
        </Typography.Paragraph>
      ) : (
        <Form form={form} layout="vertical" onFinish={({ reason }) => request.mutate(reason)}>
          <Typography.Paragraph>{t('rights.eraseMeans')}</Typography.Paragraph>
          {request.error && <ProblemAlert error={request.error} />}
          <Form.Item name="reason" label={t('rights.reason')} rules={[{ required: true }]} extra={t('rights.noName')}>
            <Input maxLength={500} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
