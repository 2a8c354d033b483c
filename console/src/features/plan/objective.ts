/** What an objective may measure, and how its target may be stated. */
export const OBJECTIVE_KINDS = ['retain', 'grow', 'activate', 'acquire'] as const;
export const METRICS = ['repurchase_rate', 'retention_rate', 'reactivation_rate', 'revenue_per_customer'] as const;

export const isRate = (metric: string): boolean => metric.endsWith('_rate');
