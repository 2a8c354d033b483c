import { Button, Card, Form, Input, Popconfirm, Steps, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { FolderFile, Upload, WatchedFolder } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useProblemWords } from '@/shared/i18n/useProblemWords';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useDiscardUpload } from './api/discardUpload';
import { useDeleteFolder, useFolderFiles, useFolders, useSaveFolder } from './api/pulls';
import { ChooseFile } from './ImportWizard';
import { guessedMapping, mappingOf } from './mapping';
import { MappingForm } from './MappingForm';

const COLOUR: Record<FolderFile['state'], string> = {
  taken: 'processing',
  done: 'green',
  repeated: 'default',
  failed: 'red',
};

/** Folders whose files come in by themselves. */
export function FoldersPanel({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const words = useProblemWords();
  const folders = useFolders();
  const save = useSaveFolder();
  const remove = useDeleteFolder();
  const [making, setMaking] = useState(false);
  const problem = save.error ?? remove.error;
  if (making) {
    return <NewFolder currency={currency} close={() => setMaking(false)} />;
  }
  return (
    <div className="stack">
      <div className="row">
        <Button type="primary" onClick={() => setMaking(true)} data-testid="new-folder">
          {t('pulls.newFolder')}
        </Button>
      </div>
      {Boolean(problem) && <ProblemAlert error={problem} />}
      <ListTable<WatchedFolder>
        list={folders}
        testId="folders"
        label={t('pulls.folders')}
        rowKey={(folder) => folder.id}
        empty={t('pulls.noFolders')}
        expanded={(folder) => <Files folder={folder} />}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          {
            title: t('pulls.folder'),
            render: (_, folder) => (
              <>
                <span className="secret">{folder.place}</span>
                {folder.failingSince && (
                  <div style={{ whiteSpace: 'normal' }} data-testid="folder-failure">
                    <Tag color="red">{t('pulls.failing', { since: format.moment(folder.failingSince) })}</Tag>{' '}
                    {words.failure(folder)}
                  </div>
                )}
              </>
            ),
          },
          { title: t('pulls.pattern'), render: (_, { pattern }) => <span className="secret">{pattern}</span> },
          { title: t('imports.kind'), render: (_, { mapping }) => label('importKind', mapping.kind ?? 'orders') },
          {
            title: t('pulls.lastFile'),
            render: (_, { lastFile }) =>
              lastFile ? <Tag color={COLOUR[lastFile.state]}>{label('fileState', lastFile.state)}</Tag> : '–',
          },
          {
            title: t('pulls.watched'),
            render: (_, folder) => (
              <Switch
                aria-label={t('pulls.watched')}
                checked={folder.active}
                onChange={(active) =>
                  save.mutate({
                    id: folder.id,
                    body: {
                      name: folder.name,
                      folder: folder.folder,
                      pattern: folder.pattern,
                      mapping: folder.mapping,
                      active,
                    },
                  })
                }
              />
            ),
          },
          {
            title: '',
            align: 'right',
            render: (_, folder) => (
              <Popconfirm
                title={t('pulls.deleteSure', { name: folder.name })}
                onConfirm={() => remove.mutate(folder.id)}
              >
                <Button size="small" danger>
                  {t('pulls.delete')}
                </Button>
              </Popconfirm>
            ),
          },
        ]}
      />
    </div>
  );
}

function Files({ folder }: { folder: WatchedFolder }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const words = useProblemWords();
  const files = useFolderFiles(folder.id);
  return (
    <ListTable<FolderFile>
      list={files}
      testId="folder-files"
      label={t('pulls.files')}
      rowKey={(file) => file.id}
      empty={t('pulls.noFiles')}
      columns={[
        { title: t('common.at'), render: (_, file) => format.moment(file.takenAt) },
        { title: t('imports.file'), render: (_, file) => <span className="secret">{file.fileName}</span> },
        {
          title: t('common.state'),
          render: (_, file) => <Tag color={COLOUR[file.state]}>{label('fileState', file.state)}</Tag>,
        },
        { title: t('imports.accepted'), align: 'right', render: (_, file) => format.number(file.brought) },
        { title: t('imports.alreadyThere'), align: 'right', render: (_, file) => format.number(file.alreadyThere) },
        { title: t('imports.rejected'), align: 'right', render: (_, file) => format.number(file.rejected) },
        { title: t('pulls.movedTo'), render: (_, file) => <span className="secret">{file.movedTo ?? '–'}</span> },
        {
          title: '',
          render: (_, file) =>
            words.failure(file) ??
            (file.importId != null && <Link to={`/imports/${file.importId}`}>{t('pulls.toImport')}</Link>),
        },
      ]}
    />
  );
}

interface Place {
  name: string;
  folder: string;
  pattern: string;
}

/** An example file shows the columns; what is said of them holds for every file of the name. */
function NewFolder({ currency, close }: { currency: string; close: () => void }) {
  const { t } = useTranslation();
  const save = useSaveFolder();
  const discard = useDiscardUpload();
  const [place, setPlace] = useState<Place>();
  const [upload, setUpload] = useState<Upload>();
  const end = () => {
    if (upload) {
      discard.mutate(upload.id);
    }
    close();
  };
  return (
    <div className="stack">
      <Steps
        size="small"
        current={!place ? 0 : !upload ? 1 : 2}
        items={[{ title: t('pulls.where') }, { title: t('pulls.example') }, { title: t('imports.mapping') }]}
      />
      {save.error && <ProblemAlert error={save.error} />}
      {!place ? (
        <Card>
          <Form<Place> layout="vertical" onFinish={setPlace} initialValues={{ pattern: '*.csv' }}>
            <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
              <Input data-testid="folder-name" />
            </Form.Item>
            <Form.Item
              name="folder"
              label={t('pulls.folder')}
              extra={t('pulls.folderHint')}
              rules={[{ required: true }]}
            >
              <Input data-testid="folder-place" />
            </Form.Item>
            <Form.Item
              name="pattern"
              label={t('pulls.pattern')}
              extra={t('pulls.patternHint')}
              rules={[{ required: true }]}
            >
              <Input data-testid="folder-pattern" />
            </Form.Item>
            <div className="row">
              <Button type="primary" htmlType="submit" data-testid="folder-on">
                {t('pulls.goOn')}
              </Button>
              <Button onClick={close}>{t('common.close')}</Button>
            </div>
          </Form>
        </Card>
      ) : !upload ? (
        <Card>
          <ChooseFile taken={setUpload} />
          <Button onClick={() => setPlace(undefined)}>{t('pulls.back')}</Button>
        </Card>
      ) : (
        <MappingForm
          upload={upload}
          start={guessedMapping(upload, currency)}
          busy={save.isPending}
          submitText={t('pulls.watch')}
          discardText={t('imports.otherFile')}
          tryIt={(values, refused) =>
            save.mutate(
              { id: undefined, body: { ...place, mapping: mappingOf(values), active: true } },
              { onSuccess: end, onError: refused },
            )
          }
          discard={() => {
            discard.mutate(upload.id);
            setUpload(undefined);
          }}
        />
      )}
    </div>
  );
}
