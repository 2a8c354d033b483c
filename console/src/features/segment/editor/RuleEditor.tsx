import type { Group } from '../rule';
import { GroupEditor } from './GroupEditor';
import { type Surroundings, RuleContext, type EditorProps } from './context';

export function RuleEditor({ rule, change, ...surroundings }: EditorProps<Group> & Surroundings) {
  return (
    <RuleContext value={surroundings}>
      <GroupEditor rule={rule} change={change} path={[]} />
    </RuleContext>
  );
}
