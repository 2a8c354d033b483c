import i18n from 'i18next';
import { formats, type Language } from '../format';

/** Vocabularies whose codes the server names as values, `{{state, campaignState}}`, and where their words are. */
const SPOKEN = {
  campaignState: 'campaignState',
  messageState: 'messageState',
  importState: 'importState',
  role: 'role',
  metric: 'metric',
  channel: 'channel',
  comparison: 'rule.is',
  valueKind: 'valueKind',
};

/** How texts show the values of a problem: codes in words, instants and shares as the reader writes them. */
export function teachFormats(): void {
  const formatter = i18n.services.formatter;
  for (const [vocabulary, texts] of Object.entries(SPOKEN)) {
    formatter?.add(vocabulary, (value: unknown) =>
      String(value)
        .split(', ')
        .map((code) => {
          const key = `${texts}.${code}`;
          return i18n.exists(key) ? i18n.t(key) : code;
        })
        .join(i18n.language === 'zh' ? '、' : ', '),
    );
  }
  formatter?.add('instant', (value: unknown, language) => formats(language as Language).moment(String(value)));
  formatter?.add('percent', (value: unknown, language) => formats(language as Language).percent(Number(value), 2));
}
