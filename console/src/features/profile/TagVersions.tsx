import { Card, Collapse, Space, Tag as Label } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { QueryView } from '@/shared/ui/QueryView';
import { useTagVersions } from './api/tags';
import type { TagDefinition } from './tagForm';

/** Every definition a tag had: which one is worked out, which one waits, who wrote and who approved it. */
export function TagVersions({ of }: { of: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const versions = useTagVersions(of);
  return (
    <Card title={t('tagForm.versions.title')} data-testid="tag-versions">
      <QueryView query={versions}>
        {({ items }) => {
          const newestApproved = items.find((one) => one.approvedAt !== null)?.version ?? 0;
          return (
            <Collapse
              size="small"
              items={items.map((one) => {
                const state = one.inForce ? 'inForce' : one.version > newestApproved ? 'waiting' : 'former';
                return {
                  key: one.version,
                  label: (
                    <Space wrap>
                      <strong>{one.version}</strong>
                      <Label color={COLORS[state]}>{t(`tagForm.versions.${state}`)}</Label>
                      <span>{t('tagForm.versions.by', { name: one.changedBy, at: format.moment(one.changedAt) })}</span>
                      {one.approvedBy && one.approvedAt && (
                        <span>
                          {t('tagForm.versions.approvedBy', {
                            name: one.approvedBy,
                            at: format.moment(one.approvedAt),
                          })}
                        </span>
                      )}
                    </Space>
                  ),
                  children: (
                    <pre style={{ margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                      {text(one.definition)}
                    </pre>
                  ),
                };
              })}
            />
          );
        }}
      </QueryView>
    </Card>
  );
}

const COLORS = { inForce: 'success', waiting: 'warning', former: 'default' } as const;

/** The query as it is written, then what else was said; what was left out is left out here too. */
function text(definition: TagDefinition): string {
  const { sql, ...rest } = definition;
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return [sql, JSON.stringify(said, null, 2)].filter(Boolean).join('\n\n');
}
