import { Alert, Button, Card, Select, Tabs } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/problem';
import { FaultList } from '@/shared/ui/FaultList';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing } from '@/shared/ui/QueryView';
import { useOffers } from './api/listOffers';
import { usePreviewTemplate } from './api/previewTemplate';

interface Props {
  templateId: number;
  customerId: string | undefined;
  picker: ReactNode;
}

/** The saved template filled in for one customer, with an offer or none, or the values that are missing. */
export function TemplatePreview({ templateId, customerId, picker }: Props) {
  const { t } = useTranslation();
  const preview = usePreviewTemplate(templateId);
  const offers = useOffers();
  const [offerId, setOfferId] = useState<number>();
  const problem = preview.error ? problemOf(preview.error) : null;
  return (
    <Card title={t('templates.preview')} data-testid="template-preview">
      <div className="stack">
        <div className="row">
          <div style={{ flex: 1, minWidth: 200 }}>{picker}</div>
          <div style={{ flex: 1, minWidth: 160 }}>
            <Select<number>
              allowClear
              value={offerId}
              onChange={setOfferId}
              loading={offers.isFetching}
              placeholder={t('templates.noOffer')}
              aria-label={t('templates.offer')}
              style={{ width: '100%' }}
              options={(offers.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              data-testid="offer-picker"
            />
          </div>
          <Button
            disabled={!customerId}
            loading={preview.isPending}
            onClick={() => customerId && preview.mutate({ customerId, offerId: offerId ?? null })}
            data-testid="show-preview"
          >
            {t('templates.show')}
          </Button>
        </div>
        {problem?.code === 'template_missing_value' ? (
          <Alert
            type="warning"
            showIcon
            data-testid="missing-values"
            title={t('templates.missing')}
            description={<FaultList faults={problem.errors} />}
          />
        ) : preview.error ? (
          <ProblemAlert error={preview.error} />
        ) : preview.data ? (
          preview.data.html === null ? (
            <pre className="pre-words" data-testid="preview-text">
              {preview.data.text}
            </pre>
          ) : (
            <>
              <div>
                <span className="subtle">{t('templates.subject')} </span>
                <strong data-testid="preview-subject">{preview.data.subject}</strong>
              </div>
              <Tabs
                items={[
                  {
                    key: 'html',
                    label: t('templates.html'),
                    // No script may run and nothing may reach this page: the frame has an origin of its own and no rights.
                    children: (
                      <iframe
                        className="mail-frame"
                        sandbox=""
                        referrerPolicy="no-referrer"
                        title={t('templates.preview')}
                        srcDoc={preview.data.html}
                        data-testid="preview-html"
                      />
                    ),
                  },
                  {
                    key: 'text',
                    label: t('templates.text'),
                    children: <pre className="pre-words">{preview.data.text}</pre>,
                  },
                ]}
              />
            </>
          )
        ) : (
          <Nothing text={t('templates.previewHint')} />
        )}
      </div>
    </Card>
  );
}
