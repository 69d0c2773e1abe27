import { compareText } from '../model/text-order.ts';
import type { ReconcileItem } from './step.ts';

/** What a plan comes to in one namespace, in objects. */
export interface NamespaceTotals {
  readonly namespace: string;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Services that are refused, or could not be planned. */
  readonly failed: number;
}

/** The totals of each namespace, in the order of their names. */
export function planTotals(items: readonly Pick<ReconcileItem, 'namespace' | 'steps' | 'error'>[]): readonly NamespaceTotals[] {
  const byNamespace = new Map<string, NamespaceTotals>();
  for (const { namespace, steps, error } of items) {
    const known = byNamespace.get(namespace) ?? { namespace, created: 0, updated: 0, deleted: 0, unchanged: 0, failed: 0 };
    const count = (operation: 'created' | 'updated' | 'deleted' | 'unchanged') =>
      known[operation] + steps.filter((step) => step.operation === operation).length;
    byNamespace.set(namespace, {
      namespace,
      created: count('created'),
      updated: count('updated'),
      deleted: count('deleted'),
      unchanged: count('unchanged'),
      failed: known.failed + (error === null ? 0 : 1),
    });
  }
  return [...byNamespace.values()].toSorted((left, right) => compareText(left.namespace, right.namespace));
}
