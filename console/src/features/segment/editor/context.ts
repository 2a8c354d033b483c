import { createContext } from 'react';
import type { SegmentField } from '@/shared/api/types';

export interface Choice {
  id: number;
  name: string;
}

export interface Surroundings {
  fields: readonly SegmentField[];
  segments: readonly Choice[];
  campaigns: readonly Choice[];
  faults: Map<string, string[]>;
  disabled: boolean;
}

export const RuleContext = createContext<Surroundings>({
  fields: [],
  segments: [],
  campaigns: [],
  faults: new Map(),
  disabled: false,
});

export interface EditorProps<R> {
  rule: R;
  change: (rule: R) => void;
}
