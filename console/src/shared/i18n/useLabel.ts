import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** The groups of codes the server uses and the console has words for. */
export type Vocabulary =
  | 'tier'
  | 'group'
  | 'stage'
  | 'reason'
  | 'messageState'
  | 'campaignState'
  | 'arm'
  | 'action'
  | 'objectiveKind'
  | 'metric'
  | 'unit'
  | 'objectiveState'
  | 'measuring'
  | 'score'
  | 'channel'
  | 'role'
  | 'timeline'
  | 'importState'
  | 'tail'
  | 'event'
  | 'importField'
  | 'importKind'
  | 'importOrigin'
  | 'pullState'
  | 'fileState'
  | 'rejectReason'
  | 'creditReason'
  | 'identifier'
  | 'purpose'
  | 'change'
  | 'thing'
  | 'deliveryState'
  | 'deliveryFailure'
  | 'dataset'
  | 'exportState'
  | 'exportFailure'
  | 'qualityRule'
  | 'qualityBarrier'
  | 'qualityShape'
  | 'qualityEnd';

const readable = (code: string) => code.replaceAll('_', ' ');

/** Words for a server's code; a code we have no words for is shown as it is, never hidden. */
export function useLabel(): (vocabulary: Vocabulary, code: string | null | undefined) => string {
  const { t, i18n } = useTranslation();
  return useCallback(
    (vocabulary, code) => {
      if (code == null || code === '') {
        return '–';
      }
      const key = `${vocabulary}.${code}`;
      return i18n.exists(key) ? t(key) : readable(code);
    },
    [t, i18n],
  );
}
