import i18n from 'i18next';
import { formats, type Language } from '../format';

/** Vocabularies whose codes the server names as values: `{{state, campaignState}}`. */
const SPOKEN = ['campaignState', 'messageState', 'importState', 'role', 'metric', 'channel'] as const;

/** How texts show the values of a problem: codes in words, instants and shares as the reader writes them. */
export function teachFormats(): void {
  const formatter = i18n.services.formatter;
  for (const vocabulary of SPOKEN) {
    formatter?.add(vocabulary, (value: unknown) =>
      String(value)
        .split(', ')
        .map((code) => {
          const key = `${vocabulary}.${code}`;
          return i18n.exists(key) ? i18n.t(key) : code;
        })
        .join(', '),
    );
  }
  formatter?.add('instant', (value: unknown, language) => formats(language as Language).moment(String(value)));
  formatter?.add('percent', (value: unknown, language) => formats(language as Language).percent(Number(value), 2));
}
