import { Typography } from 'antd';
import type { Fault } from '../api/problem';
import { useProblemWords } from '../i18n/useProblemWords';

/** Faults with their places, in the reader's language. */
export function FaultList({ faults }: { faults: readonly Fault[] }) {
  const words = useProblemWords();
  return (
    <ul className="faults">
      {faults.map((fault) => (
        <li key={`${fault.place} ${fault.message}`}>
          {fault.place && <Typography.Text code>{words.place(fault)}</Typography.Text>} {words.fault(fault)}
        </li>
      ))}
    </ul>
  );
}
