import { LabelTakenError, labelsLacking } from '../../cluster/create/create-labelled.ts';
import { type CreatePlan, planCreate, withLabels } from '../../core/create/create-plan.ts';
import type { Draft } from '../../core/create/draft.ts';
import { freshLabel } from '../../core/create/fresh-label.ts';
import { smallestSelector } from '../../core/create/smallest-selector.ts';
import { fewNames } from '../../core/few-names.ts';
import type { Selector } from '../../core/selector.ts';
import { itemsOf } from '../../core/snapshot.ts';
import { clusterOfMachine, isClusterMachine } from '../../core/workload-cluster.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { CliError } from '../errors.ts';
import type { CreateRequest } from './create-request.ts';
import { chosenVms, type Surroundings } from './surroundings.ts';

/** A request that lacks nothing. */
export type WholeRequest = CreateRequest & {
  readonly name: string;
  readonly type: NonNullable<CreateRequest['type']>;
};

export function isWhole(request: CreateRequest): request is WholeRequest {
  return request.name !== undefined && request.type !== undefined;
}

/**
 * What a request comes to here: the selector where it has to be derived, the labels where VMs get some.
 * @throws CliError where that is refused, or cannot be
 */
export async function derivePlan(request: WholeRequest, around: Surroundings): Promise<CreatePlan> {
  checkFamilies(request, around.version);
  const { world, namespace } = around;
  const draft = (selector: Selector): Draft => ({
    name: request.name,
    namespace,
    type: request.type,
    selector,
    ports: request.ports,
    extras: request.extras,
  });
  if (request.from === undefined) return planCreate(draft(request.selector ?? {}), { labels: [], labelled: [] }, undefined, world);
  const chosen = await chosenVms(request.from, around);
  refuseMachines(chosen, request.name);
  const labels = labelSteps(chosen, request.labelVms);
  return planCreate(draft(derivedSelector(request, chosen, itemsOf(world.snapshot.vms))), labels, chosen, world);
}

/** The labels of `--label-vm` where they tell the VMs apart; else the smallest set that does, with those first. */
function derivedSelector(
  { name, labelVms: labels }: WholeRequest,
  chosen: readonly VirtualMachine[],
  all: readonly VirtualMachine[],
): Selector {
  const own = new Set(chosen);
  const then = all.map((vm) => (own.has(vm) ? withLabels(vm, labels) : vm));
  const labelled = then.filter((_, index) => own.has(all[index] ?? chosen[0] ?? never()));
  const smallest = smallestSelector(labelled, then, Object.keys(labels));
  if (smallest !== undefined) return smallest.selector;
  const bare = chosen.find(({ metadata }) => Object.keys(metadata.labels ?? {}).length === 0);
  const names = chosen.map(({ metadata }) => metadata.name);
  const message =
    bare === undefined
      ? `${fewNames(names, mostNames)} have no label in common that a service could select them by`
      : `VM ${bare.metadata.name} has no labels, a service cannot select it`;
  throw new CliError(message, {
    exitCode: 2,
    hint: [
      `  --label-vm=KEY=VALUE labels the VMs first, as in --label-vm=${freshLabel(['app', 'vmsvc'], name, chosen, all)}`,
      '  nothing was changed',
    ],
  });
}

const mostNames = 10;

function never(): never {
  throw new Error('no VM was chosen');
}

/** The controllers of a workload cluster own its machines' labels, and replace the machines. */
function refuseMachines(chosen: readonly VirtualMachine[], name: string): void {
  const machine = chosen.find(isClusterMachine);
  if (machine === undefined) return;
  const cluster = clusterOfMachine(machine);
  throw new CliError(
    `VM ${machine.metadata.name} is a machine of ${cluster === undefined ? 'a workload cluster' : `workload cluster ${cluster}`}, whose controllers replace it and its labels; ${name} is not made for it`,
    { exitCode: 2, hint: ['  make a Service of type LoadBalancer inside that cluster', '  nothing was changed'] },
  );
}

/** What each VM lacks of the labels, and what it has. @throws CliError where it has one of the keys with another value */
function labelSteps(chosen: readonly VirtualMachine[], labels: Selector): Pick<CreatePlan, 'labels' | 'labelled'> {
  const withAny = (steps: CreatePlan['labels']) => steps.filter((step) => Object.keys(step.labels).length > 0);
  try {
    const lacking = chosen.map((vm) => ({ vm, labels: labelsLacking(vm, labels) }));
    const there = lacking.map(({ vm, labels: missing }) => ({
      vm,
      labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !Object.hasOwn(missing, key))),
    }));
    return { labels: withAny(lacking), labelled: withAny(there) };
  } catch (error) {
    if (!(error instanceof LabelTakenError)) throw error;
    throw new CliError(error.message, { exitCode: 2, hint: ['  nothing was changed'], cause: error });
  }
}

/** Older versions drop the fields, or refuse them. */
function checkFamilies({ extras }: CreateRequest, version: string): void {
  const flag = extras.ipFamilies !== undefined ? '--ip-family' : extras.ipFamilyPolicy !== undefined ? '--ip-family-policy' : undefined;
  const number = Number(/^v1alpha(\d+)$/.exec(version)?.[1] ?? Number.POSITIVE_INFINITY);
  if (flag === undefined || number >= 6) return;
  throw new CliError(`${flag}: VM Operator here speaks ${version}, which has no IP families; they came with v1alpha6`, { exitCode: 2 });
}
