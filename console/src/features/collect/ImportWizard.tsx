import { InboxOutlined } from '@ant-design/icons';
import { Button, Select, Spin, Steps, Upload as Picker } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Import, Upload } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useDiscardUpload } from './api/discardUpload';
import { useImportKinds } from './api/listKinds';
import { useStartImport } from './api/startImport';
import { useUploadFile } from './api/uploadFile';
import { ImportView } from './ImportView';
import { guessedMapping, mappingOf, type MappingValues } from './mapping';
import { MappingForm } from './MappingForm';

interface Props {
  currency: string;
  /** An import began; `rows` is how many the file has. */
  started: (one: Import, rows: number | undefined) => void;
}

/** From a file to an import: choose it, say what its columns hold, see what would happen, do it. */
export function ImportWizard({ currency, started }: Props) {
  const { t } = useTranslation();
  const [upload, setUpload] = useState<Upload | null>(null);
  const [values, setValues] = useState<MappingValues | null>(null);
  const [tried, setTried] = useState<number | null>(null);
  const start = useStartImport();
  const discard = useDiscardUpload();
  const step = upload === null ? 0 : tried === null ? 1 : 2;
  const again = () => {
    if (upload) {
      discard.mutate(upload.id);
    }
    setUpload(null);
    setValues(null);
    setTried(null);
  };
  return (
    <div className="stack">
      <Steps
        size="small"
        current={step}
        items={[{ title: t('imports.choose') }, { title: t('imports.mapping') }, { title: t('imports.check') }]}
      />
      {upload === null ? (
        <ChooseFile taken={setUpload} />
      ) : tried === null ? (
        <MappingForm
          upload={upload}
          start={values ?? guessedMapping(upload, currency)}
          busy={start.isPending}
          tryIt={(given, refused) => {
            setValues(given);
            start.mutate(
              { upload: upload.id, mapping: mappingOf(given), dryRun: true },
              { onSuccess: (one) => setTried(one.id), onError: refused },
            );
          }}
          discard={again}
        />
      ) : (
        <ImportView
          id={tried}
          rows={undefined}
          actions={(dry) => (
            <Decide
              dry={dry}
              busy={start.isPending}
              error={start.error}
              change={() => {
                start.reset();
                setTried(null);
              }}
              importIt={() =>
                values &&
                start.mutate(
                  { upload: upload.id, mapping: mappingOf(values), dryRun: false },
                  { onSuccess: (one) => started(one, dry.report?.rows) },
                )
              }
            />
          )}
        />
      )}
    </div>
  );
}

/** What files are met in beside UTF-8. */
const ENCODINGS = ['UTF-8', 'GB18030', 'Big5', 'Shift_JIS', 'UTF-16LE', 'windows-1252', 'ISO-8859-1'];

/** Sends a file that is to be looked into. */
export function ChooseFile({ taken }: { taken: (upload: Upload) => void }) {
  const { t } = useTranslation();
  const send = useUploadFile();
  const [encoding, setEncoding] = useState('');
  return (
    <>
      {send.error && <ProblemAlert error={send.error} />}
      <label className="row">
        <span>{t('imports.encoding')}</span>
        <Select
          value={encoding}
          onChange={setEncoding}
          style={{ minWidth: 260 }}
          options={[
            { value: '', label: t('imports.encodingOfItself') },
            ...ENCODINGS.map((value) => ({ value, label: value })),
          ]}
          data-testid="import-encoding"
        />
      </label>
      <Spin spinning={send.isPending} description={t('imports.sending')}>
        <Picker.Dragger
          accept=".csv,.gz,.parquet,.txt,.tsv,.xlsx,.jsonl,.ndjson,.json"
          showUploadList={false}
          disabled={send.isPending}
          beforeUpload={(file) => {
            send.mutate({ file, encoding: encoding || undefined }, { onSuccess: taken });
            return false;
          }}
          data-testid="import-file"
        >
          <p className="ant-upload-drag-icon">
            <InboxOutlined />
          </p>
          <p className="ant-upload-text">{t('imports.drop')}</p>
          <p className="ant-upload-hint">{t('imports.dropHint')}</p>
        </Picker.Dragger>
      </Spin>
      <TemplateLinks />
    </>
  );
}

/** A file of each kind to begin with, its headings in the language of the console. */
function TemplateLinks() {
  const { t, i18n } = useTranslation();
  const label = useLabel();
  const kinds = useImportKinds();
  return (
    <div className="row">
      <span className="subtle">{t('imports.templates')}</span>
      {kinds.data?.map(({ kind }) => (
        <a
          key={kind}
          href={`/api/imports/kinds/${kind}/template?language=${i18n.language.startsWith('zh') ? 'zh' : 'en'}`}
          download
          data-testid={`template-${kind}`}
        >
          {label('importKind', kind)}
        </a>
      ))}
    </div>
  );
}

interface DecideProps {
  dry: Import;
  busy: boolean;
  error: unknown;
  change: () => void;
  importIt: () => void;
}

function Decide({ dry, busy, error, change, importIt }: DecideProps) {
  const { t } = useTranslation();
  const format = useFormats();
  if (dry.state === 'running') {
    return null;
  }
  const lines = dry.report ? dry.report.lines + dry.report.cancellations : 0;
  return (
    <>
      {Boolean(error) && <ProblemAlert error={error} />}
      <div className="row">
        <Button type="primary" disabled={lines === 0} loading={busy} onClick={importIt} data-testid="start-import">
          {lines === 0 ? t('imports.nothingNew') : t('imports.start', { lines: format.number(lines) })}
        </Button>
        <Button onClick={change} disabled={busy} data-testid="change-mapping">
          {t('imports.change')}
        </Button>
      </div>
    </>
  );
}
