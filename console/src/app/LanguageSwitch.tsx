import { GlobalOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, useLanguage } from '@/shared/i18n/language';

export function LanguageSwitch() {
  const { t } = useTranslation();
  const { language, choose } = useLanguage();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [language],
        items: LANGUAGES.map(({ code, name }) => ({
          key: code,
          label: (
            <span lang={code} data-testid={`language-${code}`}>
              {name}
            </span>
          ),
          onClick: () => choose(code),
        })),
      }}
    >
      <Button type="text" icon={<GlobalOutlined />} aria-label={t('common.language')} data-testid="language">
        <span className="language-name">{LANGUAGES.find(({ code }) => code === language)?.name}</span>
      </Button>
    </Dropdown>
  );
}
