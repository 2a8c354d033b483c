import { App } from 'antd';
import { useNavigate, useParams } from 'react-router';

/** The thing a page is about, by the number in its address or `new`, and what follows its being saved. */
export function useThing(list: string, savedWords: string) {
  const { message } = App.useApp();
  const navigate = useNavigate();
  const { id: given = 'new' } = useParams();
  const id = given === 'new' ? null : Number(given);
  const saved = (savedId: number) => {
    void message.success(savedWords);
    if (id === null) {
      void navigate(`${list}/${savedId}`, { replace: true });
    }
  };
  return { given, id, saved };
}
