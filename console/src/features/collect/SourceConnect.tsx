import { Alert, Card, Segmented, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { serverBase } from '@/shared/api/client';
import { PLACEHOLDER, recipes, type Recipe } from './snippets';

/** How to send to a source, ready to be pasted; `secret` only just after a key was made. */
export function SourceConnect({ secret }: { secret?: string | undefined }) {
  const { t } = useTranslation();
  const [chosen, choose] = useState<Recipe['id']>('page');
  const all = recipes(serverBase || window.location.origin, secret ?? PLACEHOLDER);
  const recipe = all.find(({ id }) => id === chosen) ?? all[0];
  return (
    <Card title={t('sources.connect')} data-testid="source-connect">
      <div className="stack">
        <Segmented
          value={chosen}
          onChange={choose}
          options={all.map(({ id }) => ({ value: id, label: t(`sources.recipe.${id}`) }))}
          style={{ maxWidth: '100%', overflowX: 'auto' }}
        />
        <Typography.Text type="secondary">{t(`sources.recipeWords.${chosen}`)}</Typography.Text>
        {!secret && <Alert type="info" showIcon title={t('sources.placeholder', { placeholder: PLACEHOLDER })} />}
        {recipe && (
          <Typography.Paragraph copyable={{ text: recipe.code }} data-testid="recipe">
            <pre className="pre-words">{recipe.code}</pre>
          </Typography.Paragraph>
        )}
      </div>
    </Card>
  );
}
