import type { Locale } from 'antd/es/locale';
import dayjs from 'dayjs';
import i18n from 'i18next';
import { createContext, useContext, useMemo } from 'react';
import { initReactI18next } from 'react-i18next';
import { formats, type Formats, type Language } from '../format';
import { teachFormats } from './valueFormats';

const REMEMBERED = 'rekindle.language';

export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'zh', name: '简体中文' },
];

interface Pack {
  texts: Record<string, unknown>;
  antd: Locale;
}

async function load(language: Language): Promise<Pack> {
  if (language === 'zh') {
    const [texts, antd] = await Promise.all([
      import('./zh.json'),
      import('antd/es/locale/zh_CN'),
      import('dayjs/locale/zh-cn'),
    ]);
    return { texts: texts.default, antd: antd.default };
  }
  const [texts, antd] = await Promise.all([import('./en.json'), import('antd/es/locale/en_GB')]);
  return { texts: texts.default, antd: antd.default };
}

/** The language chosen before, else the browser's, else English. */
export function preferredLanguage(): Language {
  const remembered = localStorage.getItem(REMEMBERED);
  if (remembered === 'en' || remembered === 'zh') {
    return remembered;
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Makes a language ready and current; answers what Ant Design needs of it. */
export async function speak(language: Language): Promise<Locale> {
  const pack = await load(language);
  if (!i18n.isInitialized) {
    await i18n.use(initReactI18next).init({
      lng: language,
      resources: { [language]: { translation: pack.texts } },
      interpolation: { escapeValue: false },
      returnNull: false,
    });
    teachFormats();
  } else {
    i18n.addResourceBundle(language, 'translation', pack.texts, true, true);
    await i18n.changeLanguage(language);
  }
  dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  localStorage.setItem(REMEMBERED, language);
  return pack.antd;
}

export interface LanguageChoice {
  language: Language;
  choose(language: Language): void;
}

export const LanguageContext = createContext<LanguageChoice>({ language: 'en', choose: () => undefined });

export const useLanguage = (): LanguageChoice => useContext(LanguageContext);

export function useFormats(): Formats {
  const { language } = useLanguage();
  return useMemo(() => formats(language), [language]);
}
