import { useContext } from 'react';
import type { Step } from '@/shared/api/problem';
import { pathKey } from '../rule';
import { RuleContext } from './context';

export function Faults({ path }: { path: Step[] }) {
  const { faults } = useContext(RuleContext);
  return (faults.get(pathKey(path)) ?? []).map((message) => (
    <div key={message} className="rule-fault" role="alert">
      {message}
    </div>
  ));
}
