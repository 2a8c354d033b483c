import { Alert, Button, Card, Form, Input, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/problem';
import { useProblemWords } from '@/shared/i18n/useProblemWords';
import { FaultList } from '@/shared/ui/FaultList';
import type { SegmentField } from '@/shared/api/types';
import { useMay } from '@/shared/session';
import { useDelayed } from '@/shared/useDelayed';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { usePreview } from './api/previewSegment';
import { useSaveSegment } from './api/saveSegment';
import { PreviewCard } from './PreviewCard';
import type { Choice } from './editor/context';
import { RuleEditor } from './editor/RuleEditor';
import { faultsByRule, isRuleShaped, missing, readRule, rooted, type Group } from './rule';

interface Props {
  id: number | null;
  start: { name: string; rule: unknown };
  fields: readonly SegmentField[];
  segments: readonly Choice[];
  campaigns: readonly Choice[];
  mayEdit: boolean;
  saved: (id: number) => void;
}

const EMPTY: Group = { all: [] };

export function SegmentBuilder({ id, start, fields, segments, campaigns, mayEdit, saved }: Props) {
  const { t } = useTranslation();
  const mayStudy = useMay('study');
  const [name, setName] = useState(start.name);
  const [rule, setRule] = useState<Group>(() => (isRuleShaped(start.rule) ? rooted(start.rule) : EMPTY));
  const [view, setView] = useState<'builder' | 'json'>('builder');
  const [text, setText] = useState('');
  const [textFault, setTextFault] = useState<string | null>(null);
  const save = useSaveSegment(id);
  const words = useProblemWords();

  const lacking = useMemo(() => missing(rule), [rule]);
  const asked = useDelayed(rule, 500);
  const preview = usePreview(asked, mayStudy && missing(asked).length === 0);
  const current = asked === rule && lacking.length === 0;
  const serverFaults = useMemo(
    () => [
      ...(current && preview.error ? problemOf(preview.error).errors : []),
      ...(save.error ? problemOf(save.error).errors.filter(({ place }) => place !== 'name' && place !== '/name') : []),
    ],
    [current, preview.error, save.error],
  );
  const faults = useMemo(() => faultsByRule(rule, serverFaults, words.fault), [rule, serverFaults, words]);
  const faultOfName = save.error
    ? problemOf(save.error).errors.find(({ place }) => place === 'name' || place === '/name')
    : undefined;
  const nameFault = faultOfName && words.fault(faultOfName);

  const change = (next: Group) => {
    setRule(next);
    save.reset();
  };
  const show = (next: 'builder' | 'json') => {
    if (next === 'json') {
      setText(JSON.stringify(rule, null, 2));
      setTextFault(null);
    }
    setView(next);
  };
  const type = (typed: string) => {
    setText(typed);
    const reading = readRule(typed);
    if ('fault' in reading) {
      setTextFault(reading.fault === 'shape' ? t('rule.notARule') : t('rule.notJson', { words: reading.fault }));
    } else {
      setTextFault(null);
      change(rooted(reading.rule));
    }
  };
  const ready = mayEdit && name.trim() !== '' && lacking.length === 0 && !(view === 'json' && textFault);

  return (
    <div className="columns-wide">
      <div className="stack">
        {save.error && <ProblemAlert error={save.error} />}
        <Card
          title={
            <Segmented<'builder' | 'json'>
              value={view}
              onChange={show}
              options={[
                { value: 'builder', label: t('segments.builder') },
                { value: 'json', label: t('segments.json') },
              ]}
              data-testid="rule-view"
            />
          }
          extra={
            mayEdit && (
              <Button
                type="primary"
                disabled={!ready}
                loading={save.isPending || (id === null && save.isSuccess)}
                onClick={() => save.mutate({ name: name.trim(), rule }, { onSuccess: (segment) => saved(segment.id) })}
                data-testid="save-segment"
              >
                {t('common.save')}
              </Button>
            )
          }
        >
          <Form layout="vertical">
            <Form.Item
              label={t('common.name')}
              htmlFor="segment-name"
              required
              {...(nameFault ? { validateStatus: 'error' as const, help: nameFault } : {})}
            >
              <Input
                id="segment-name"
                value={name}
                disabled={!mayEdit}
                maxLength={120}
                placeholder={t('segments.nameHint')}
                onChange={(event) => setName(event.target.value)}
                data-testid="segment-name"
              />
            </Form.Item>
          </Form>
          {view === 'builder' ? (
            <RuleEditor
              rule={rule}
              change={change}
              fields={fields}
              segments={segments.filter((one) => one.id !== id)}
              campaigns={campaigns}
              faults={faults}
              disabled={!mayEdit}
            />
          ) : (
            <div className="stack" style={{ gap: 8 }}>
              <Input.TextArea
                className="code-area"
                value={text}
                readOnly={!mayEdit}
                autoSize={{ minRows: 12, maxRows: 30 }}
                aria-label={t('segments.json')}
                spellCheck={false}
                onChange={(event) => type(event.target.value)}
                data-testid="rule-json"
              />
              {textFault && <Alert type="error" showIcon title={textFault} />}
              {serverFaults.length > 0 && <Alert type="error" title={<FaultList faults={serverFaults} />} />}
            </div>
          )}
        </Card>
      </div>
      {mayStudy && <PreviewCard preview={preview} lacking={lacking} />}
    </div>
  );
}
