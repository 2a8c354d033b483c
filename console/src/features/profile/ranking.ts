/** The ranking with the one at a place moved up by one. */
export function higher(ranked: readonly number[], index: number): number[] {
  const above = ranked[index - 1];
  const one = ranked[index];
  if (above === undefined || one === undefined) {
    return [...ranked];
  }
  return [...ranked.slice(0, index - 1), one, above, ...ranked.slice(index + 1)];
}
