import type { ReactNode } from 'react';

interface Props {
  label: ReactNode;
  value: ReactNode;
  note?: ReactNode;
  testId?: string;
  tone?: 'plain' | 'good' | 'bad' | 'warn';
}

/** One figure with its name, and what to read it against. */
export function Figure({ label, value, note, testId, tone = 'plain' }: Props) {
  return (
    <div className={`figure figure-${tone}`} data-testid={testId}>
      <div className="figure-label">{label}</div>
      <div className="figure-value">{value}</div>
      {note && <div className="figure-note">{note}</div>}
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return <div className="figures">{children}</div>;
}
