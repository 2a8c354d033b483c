/** Why somebody looks at personal data, where the installation asks: of all customers until they sign out, or of one. */
const EVERYBODY = '';
const reasons = new Map<string, string>();
const listeners = new Set<() => void>();

const changed = () => listeners.forEach((listener) => listener());

/** @param customer whom the reason is for; everybody when left out */
export function giveReason(reason: string, customer: string = EVERYBODY): void {
  reasons.set(customer, reason.trim());
  changed();
}

/** Nothing one person said may stand for the next. */
export function forgetReasons(): void {
  reasons.clear();
  changed();
}

export const hasReason = (customer: string = EVERYBODY): boolean => reasons.has(customer) || reasons.has(EVERYBODY);

export function onReason(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const OF_A_CUSTOMER = /\/api\/customers\/(-?\d+)(?:[/?]|$)/;

/** The header of a call to this address, as the server reads it; null when no reason was given for it. */
export function reasonFor(url: string): string | null {
  const customer = OF_A_CUSTOMER.exec(url)?.[1];
  const reason = (customer !== undefined && reasons.get(customer)) || reasons.get(EVERYBODY);
  return reason ? encodeURIComponent(reason) : null;
}
