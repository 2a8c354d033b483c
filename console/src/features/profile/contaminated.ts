interface Drawn {
  runId: number;
  arm: string | null;
}

/**
 * The runs that drew a customer twice, for different arms: under two ids that were found to be one person since. The first
 * assignment counts, and the result of the campaign tells how many there are.
 */
export function contaminatedRuns(decisions: readonly Drawn[]): ReadonlySet<number> {
  const first = new Map<number, string>();
  const found = new Set<number>();
  for (const { runId, arm } of decisions) {
    if (arm === null) continue;
    const other = first.get(runId);
    if (other === undefined) first.set(runId, arm);
    else if (other !== arm) found.add(runId);
  }
  return found;
}
