import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import type { Locale } from 'antd/es/locale';
import { useMemo, useState } from 'react';
import { RouterProvider } from 'react-router';
import { problemOf } from '@/shared/api/problem';
import type { Language } from '@/shared/format';
import { LanguageContext, speak } from '@/shared/i18n/language';
import { router } from './router';
import { theme } from './theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // Only what may be different a moment later is asked again.
      retry: (count, error) => {
        const { status } = problemOf(error);
        return count < 2 && (status === 0 || status >= 502);
      },
    },
  },
});

export function App(start: { language: Language; antd: Locale }) {
  const [spoken, setSpoken] = useState(start);
  const choice = useMemo(
    () => ({
      language: spoken.language,
      choose: (language: Language) => void speak(language).then((antd) => setSpoken({ language, antd })),
    }),
    [spoken.language],
  );
  return (
    <LanguageContext value={choice}>
      <ConfigProvider locale={spoken.antd} theme={theme} button={{ autoInsertSpace: false }}>
        <AntApp>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </AntApp>
      </ConfigProvider>
    </LanguageContext>
  );
}
