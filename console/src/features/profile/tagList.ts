import type { Tag } from '@/shared/api/types';
import { isComputed } from './tagForm';

export const KINDS = ['rule', 'statistic', 'model', 'manual', 'imported'] as const;
export const HEALTH = ['unapproved', 'incomplete', 'overlapping', 'unused', 'stale', 'failing'] as const;
export type HealthFilter = 'all' | (typeof HEALTH)[number];

/** Tags that have every word of the text somewhere in key, names, descriptions, category or owner. */
export function searched(tags: readonly Tag[], text: string): Tag[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return tags.filter(({ key, definition }) => {
    const all = [
      key,
      definition.name?.en,
      definition.name?.zh,
      definition.description?.en,
      definition.description?.zh,
      definition.category,
      definition.owner,
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export const ofHealth = (tags: readonly Tag[], health: HealthFilter): Tag[] =>
  tags.filter((tag) => health === 'all' || tag.health.includes(health));

/** The share of a tag's population that has it. */
export const covered = (tag: Tag): number =>
  tag.run && tag.run.population > 0 ? tag.run.covered / tag.run.population : 0;

/** Since when its values are as they are known: worked out then, or set last. */
export const freshAt = (tag: Tag): string | undefined =>
  (isComputed(tag.definition.kind ?? 'rule') ? tag.run?.at : tag.run?.lastSetAt) ?? undefined;
