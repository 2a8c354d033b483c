import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel } from '@/shared/i18n/useLabel';

/** Words for a field of an import; a trait of the file's own naming is called as it is. */
export function useFieldLabel(): (field: string) => string {
  const { t } = useTranslation();
  const label = useLabel();
  return useCallback(
    (field) => {
      if (field.startsWith('traits.')) {
        return t('imports.traitCalled', { name: field.slice('traits.'.length) });
      }
      if (field.startsWith('tag:')) {
        return t('imports.tagCalled', { name: field.slice('tag:'.length) });
      }
      return field.startsWith('ids.')
        ? label('identifier', field.slice('ids.'.length))
        : label('importField', field.replace('.', '_'));
    },
    [t, label],
  );
}
