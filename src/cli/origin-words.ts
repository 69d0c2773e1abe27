import type { Origin } from './open-cluster.ts';

/** ` on context supervisor-a as alice`, for the end of a question; nothing of what is not known. */
export function onContextAsUser(origin: Origin): string {
  if (origin.type !== 'cluster') return '';
  const { context, user } = origin;
  return `${context === '' ? '' : ` on context ${context}`}${user === '' ? '' : ` as ${user}`}`;
}
