import { Alert, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useForgetLeftover, useLeftovers } from './api/exports';

/** Former files that a bucket does not let go: what the storage said, until they are gone or somebody says so. */
export function LeftoverFiles() {
  const { t } = useTranslation();
  const format = useFormats();
  const mayAdminister = useMay('administer');
  const { items = [] } = useLeftovers();
  const forget = useForgetLeftover();
  return (
    <>
      {forget.error && <ProblemAlert error={forget.error} />}
      {items
        .filter(({ failure }) => failure)
        .map(({ id, export: name, s3, files, failure }) => (
          <Alert
            key={id}
            type="warning"
            showIcon
            title={t('exports.left', { name, files: format.number(files), bucket: s3.bucket })}
            description={failure}
            data-testid="leftover"
            action={
              mayAdminister && (
                <Popconfirm title={t('exports.forgetLeft')} onConfirm={() => forget.mutate(id)}>
                  <Button size="small">{t('exports.forgetLeft')}</Button>
                </Popconfirm>
              )
            }
          />
        ))}
    </>
  );
}
