import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import './app/styles.css';
import { preferredLanguage, speak } from './shared/i18n/language';

const root = document.getElementById('root');
if (!root) {
  throw new Error('index.html has no element with id root');
}
const language = preferredLanguage();
void speak(language).then((antd) => createRoot(root).render(<App language={language} antd={antd} />));
