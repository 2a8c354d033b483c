import { Alert, Button, Card, Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/problem';
import { FaultList } from '@/shared/ui/FaultList';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing } from '@/shared/ui/QueryView';
import { usePreviewTemplate } from './api/previewTemplate';

interface Props {
  templateId: number;
  customerId: string | undefined;
  picker: ReactNode;
}

/** The saved template filled in for one customer, or the values that customer lacks. */
export function TemplatePreview({ templateId, customerId, picker }: Props) {
  const { t } = useTranslation();
  const preview = usePreviewTemplate(templateId);
  const problem = preview.error ? problemOf(preview.error) : null;
  return (
    <Card title={t('templates.preview')} data-testid="template-preview">
      <div className="stack">
        <div className="row">
          <div style={{ flex: 1, minWidth: 200 }}>{picker}</div>
          <Button
            disabled={!customerId}
            loading={preview.isPending}
            onClick={() => customerId && preview.mutate(customerId)}
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
        ) : (
          <Nothing text={t('templates.previewHint')} />
        )}
      </div>
    </Card>
  );
}
