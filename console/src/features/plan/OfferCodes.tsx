import { App, Button, Card, Form, Input, InputNumber, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Offer } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { Figure, Figures } from '@/shared/ui/Figure';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useAddCodes } from './api/addCodes';

interface Values {
  generate?: number;
  prefix?: string;
  codes?: string;
}

/** One code a line, commas allowed; empty ones do not count. */
export const splitCodes = (text: string): string[] =>
  text
    .split(/[\s,;，；]+/)
    .map((code) => code.trim())
    .filter((code) => code !== '');

export function OfferCodes({ offer, mayEdit }: { offer: Offer; mayEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const [way, setWay] = useState<'make' | 'bring'>('make');
  const [form] = Form.useForm<Values>();
  const add = useAddCodes(offer.id);
  const finish = ({ generate = 0, prefix = '', codes = '' }: Values) =>
    add.mutate(way === 'make' ? { generate, prefix } : { codes: splitCodes(codes) }, {
      onSuccess: () => {
        void message.success(t('offers.codesAdded'));
        form.resetFields();
      },
    });
  return (
    <Card title={t('offers.codes')} data-testid="offer-codes">
      <div className="stack">
        <Figures>
          <Figure label={t('offers.codes')} value={format.number(offer.codes.total)} testId="codes-total" />
          <Figure
            label={t('offers.assigned')}
            value={format.number(offer.codes.assigned)}
            note={
              offer.codes.affordable != null
                ? t('offers.affordable', { codes: format.number(offer.codes.affordable) })
                : undefined
            }
          />
          <Figure
            label={t('offers.promised')}
            value={format.number(offer.codes.promised)}
            note={t('offers.promisedNote')}
            testId="codes-promised"
          />
          <Figure label={t('offers.redeemed')} value={format.number(offer.codes.redeemed)} />
        </Figures>
        {mayEdit && (
          <Form<Values> form={form} layout="vertical" onFinish={finish} initialValues={{ generate: 1000 }}>
            {add.error && <ProblemAlert error={add.error} />}
            <Form.Item>
              <Segmented<'make' | 'bring'>
                value={way}
                onChange={setWay}
                options={[
                  { value: 'make', label: t('offers.make') },
                  { value: 'bring', label: t('offers.bring') },
                ]}
              />
            </Form.Item>
            {way === 'make' ? (
              <>
                <Form.Item name="generate" label={t('offers.howMany')} rules={[{ required: true }]}>
                  <InputNumber
                    min={1}
                    max={1_000_000}
                    precision={0}
                    style={{ width: '100%' }}
                    data-testid="codes-generate"
                  />
                </Form.Item>
                <Form.Item name="prefix" label={t('offers.prefix')}>
                  <Input maxLength={12} placeholder="BACK-" data-testid="codes-prefix" />
                </Form.Item>
              </>
            ) : (
              <Form.Item name="codes" label={t('offers.codesText')} rules={[{ required: true }]}>
                <Input.TextArea className="code-area" autoSize={{ minRows: 5, maxRows: 14 }} />
              </Form.Item>
            )}
            <Button htmlType="submit" loading={add.isPending} data-testid="add-codes">
              {t('offers.addCodes')}
            </Button>
          </Form>
        )}
      </div>
    </Card>
  );
}
