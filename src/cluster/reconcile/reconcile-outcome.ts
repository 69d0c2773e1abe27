import type { ReconcileError, ReconcileItem } from '../../core/step.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';

/** What became of one VirtualMachineService in a run over many. */
export interface ReconcileOutcome {
  readonly vmService: VirtualMachineService;
  readonly item: ReconcileItem;
  /** `stopped`: the run was told to stop before, or while, it was this one's turn. `notStarted`: it gave up before. */
  readonly ended: 'finished' | 'stopped' | 'notStarted';
}

/** The same without the objects as they were stored: what happened to each remains. */
export function withoutObjects({ item, ...outcome }: ReconcileOutcome): ReconcileOutcome {
  return { ...outcome, item: { ...item, steps: item.steps.map(({ ref, operation }) => ({ ref, operation, writes: [] })) } };
}

/** The outcome of a service of which nothing was touched, and why. */
export function untouched(vmService: VirtualMachineService, error: ReconcileError): ReconcileOutcome {
  return { vmService, item: untouchedItem(vmService, error), ended: 'finished' };
}

/** The outcome of a service that had no turn, because others had failed before. */
export function notStarted(vmService: VirtualMachineService): ReconcileOutcome {
  const error = { reason: 'NotStarted', message: 'not started: the run gave up before', exitCode: 3 } as const;
  return { vmService, item: untouchedItem(vmService, error), ended: 'notStarted' };
}

export function untouchedItem({ metadata }: VirtualMachineService, error: ReconcileError | null): ReconcileItem {
  return { namespace: metadata.namespace ?? '', name: metadata.name, error, steps: [], outcomes: [], warnings: [] };
}
