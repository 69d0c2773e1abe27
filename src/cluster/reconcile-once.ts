import { decideEndpoint, endpointRules } from '../core/endpoints.ts';
import type { ProviderSource } from '../core/load-balancer.ts';
import { createMergePatch } from '../core/patch.ts';
import {
  asControllerSees,
  type ControllerSetup,
  leavesEndpointsAlone,
  planDeletion,
  planEndpoints,
  planFinalizersOnly,
  planMetadata,
  planService,
  planStatus,
  type Refusal,
  type Stage,
  stageError,
  writableMetadata,
} from '../core/reconcile.ts';
import type { VmIndex } from '../core/selector.ts';
import { type ReconcileError, type ReconcileItem, type Step, unchangedStep } from '../core/step.ts';
import { type JsonObject, jsonOf, type KubeObject, type ObjectRef, refOf } from '../model/object.ts';
import { type Endpoints, endpointsOf, type Service, serviceOf } from '../model/service.ts';
import { ApiError, isForbidden, isNotFound } from '../model/status.ts';
import { type VirtualMachineService, vmServiceOf } from '../model/virtual-machine-service.ts';
import { type Cluster, ConnectionError, type WriteOptions } from './cluster.ts';
import { createOrPatch, withPrecondition } from './create-or-patch.ts';

/** Everything a reconcile needs besides the VirtualMachineService, the same for all of a run. */
export interface ReconcileContext {
  readonly cluster: Cluster;
  readonly setup: ControllerSetup;
  /** The provider's source for a namespace. */
  readonly providerOf: (namespace: string) => ProviderSource;
  readonly vms: VmIndex;
  /** The stored children; undefined when there are none. */
  readonly children: Children;
  readonly write: WriteOptions;
  /** Leaves the VirtualMachineService's status alone. */
  readonly skipStatus: boolean;
  /** RFC 3339 in whole seconds, for the transition time of a condition that changes. */
  readonly now: string;
}

export interface Children {
  service(ref: ObjectRef): Promise<Service | undefined>;
  endpoints(ref: ObjectRef): Promise<Endpoints | undefined>;
}

/** Reads each child when its turn comes, as the controller does. */
export function liveChildren(cluster: Cluster): Children {
  return {
    service: async (ref) => optional(cluster.get(ref), serviceOf),
    endpoints: async (ref) => optional(cluster.get(ref), endpointsOf),
  };
}

/**
 * The controller's sequence for one VirtualMachineService: metadata, Service, Endpoints computed from the Service that the API
 * server answered with, status. A stage that fails stops the next ones, but the VirtualMachineService's own metadata is written
 * all the same. Mirrors ReconcileNormal, ReconcileDelete and the deferred patch of VM Operator's controller.
 *
 * Never throws for what a server says: each failure is the item's `error`, and the steps say how far it got.
 */
export async function reconcileOnce(stored: VirtualMachineService, context: ReconcileContext): Promise<ReconcileItem> {
  const steps: Step[] = [];
  const warnings: string[] = [];
  const { namespace = '', name } = stored.metadata;
  const item = (error: ReconcileError | null): ReconcileItem => ({ namespace, name, error, steps, warnings });
  try {
    if (stored.metadata.deletionTimestamp !== undefined) return item(await reconcileDeletion(stored, context, steps));
    const { desired, error } = await reconcileChildren(stored, context, steps);
    const patchError = await patchVmService(stored, desired, context, steps, warnings);
    return item(error ?? patchError);
  } catch (error) {
    return item(failure(error, (message) => message));
  }
}

/** The children, and the VirtualMachineService as it should be afterwards. */
async function reconcileChildren(
  stored: VirtualMachineService,
  context: ReconcileContext,
  steps: Step[],
): Promise<{ desired: VirtualMachineService; error: ReconcileError | null }> {
  const { cluster, setup, write } = context;
  const seen = asControllerSees(stored);
  const source = context.providerOf(stored.metadata.namespace ?? '');

  const metadata = planMetadata(seen, source, setup);
  if ('refusal' in metadata) return { desired: planFinalizersOnly(seen, setup), error: refused(metadata.refusal) };
  const vmService = metadata.plan;
  const stopped = (error: ReconcileError) => ({ desired: vmService, error });

  const existingService = await context.children.service(childRef(stored, 'Service'));
  const servicePlan = planService(vmService, existingService, source, setup);
  if ('refusal' in servicePlan) return stopped(refused(servicePlan.refusal));
  const serviceStep = await attempt('k8s Service', setup, () => createOrPatch(cluster, existingService, servicePlan.plan, write));
  if ('error' in serviceStep) return stopped(serviceStep.error);
  steps.push(serviceStep.step);
  const service = serviceOf(serviceStep.step.after ?? servicePlan.plan);

  if (!leavesEndpointsAlone(vmService, setup.traits)) {
    const existing = await context.children.endpoints(childRef(stored, 'Endpoints'));
    const rules = endpointRules(service, existing, setup.traits);
    const decisions = context.vms.select(stored.metadata.namespace, vmService.spec.selector ?? {}).map((vm) => decideEndpoint(vm, rules));
    const plan = planEndpoints(vmService, service, decisions, existing, setup);
    if ('refusal' in plan) return stopped(refused(plan.refusal));
    const step = await attempt('Endpoints', setup, () => createOrPatch(cluster, existing, plan.plan, write));
    if ('error' in step) return stopped(step.error);
    steps.push(step.step);
  }
  if (context.skipStatus) return { desired: vmService, error: null };
  const latest = await withFreshAddress(service, serviceStep.step, context);
  return { desired: planStatus(vmService, latest, setup, context.now), error: null };
}

/**
 * A load balancer may answer a new Service faster than we write Endpoints: the address is then copied at once, as the
 * controller does when the Service's change wakes it.
 */
async function withFreshAddress(service: Service, step: Step, { cluster, write }: ReconcileContext): Promise<Service> {
  const waits = service.spec.type === 'LoadBalancer' && (service.status?.loadBalancer?.ingress ?? []).length === 0;
  if (!waits || step.operation === 'unchanged' || write.dryRun !== 'none') return service;
  try {
    return serviceOf(await cluster.get(step.ref));
  } catch (error) {
    // Nothing is wrong yet: the address only comes with the next reconcile.
    if (error instanceof ApiError || error instanceof ConnectionError) return service;
    throw error;
  }
}

/** Conditions, then metadata, then the rest of the status: each its own request, each from the answer before it. */
async function patchVmService(
  stored: VirtualMachineService,
  desired: VirtualMachineService,
  { cluster, write, setup }: ReconcileContext,
  steps: Step[],
  warnings: string[],
): Promise<ReconcileError | null> {
  const seen = asControllerSees(stored);
  const { conditions: oldConditions, ...oldStatus } = { ...seen.status };
  const { conditions, ...status } = { ...desired.status };
  const patches = [
    {
      subresource: 'status' as const,
      patch: statusPatch({ ...(oldConditions && { conditions: oldConditions }) }, { ...(conditions && { conditions }) }),
    },
    { patch: createMergePatch(writableMetadata(seen), writableMetadata(desired)) },
    { subresource: 'status' as const, patch: statusPatch(oldStatus, status) },
  ].filter((write) => write.patch !== undefined);
  let latest: KubeObject = stored;
  const writes: JsonObject[] = [];
  let error: ReconcileError | null = null;
  for (const { patch, subresource } of patches) {
    if (patch === undefined) continue;
    try {
      latest = await cluster.patch(refOf(stored), withPrecondition(patch, latest), { ...write, ...(subresource && { subresource }) });
      writes.push(patch);
    } catch (caught) {
      if (subresource === 'status' && setup.role === 'guest' && isForbidden(caught)) {
        warnings.push(`the status was left as it is: not permitted to patch virtualmachineservices/status in ${stored.metadata.namespace}`);
        continue;
      }
      error ??= failure(caught, (message) => message);
      // What the server refuses to one of them it may grant to the next: the real controller sends all three as well.
      if (caught instanceof ConnectionError) break;
    }
  }
  if (writes.length === 0) {
    if (error === null) steps.push(unchangedStep(stored));
  } else {
    steps.push({ ref: refOf(stored), operation: 'updated', before: stored, after: latest, writes });
  }
  return error;
}

/** By name, whoever owns them: that is what the controller does. */
async function reconcileDeletion(stored: VirtualMachineService, context: ReconcileContext, steps: Step[]): Promise<ReconcileError | null> {
  const { cluster, setup, write } = context;
  const { namespace, name } = stored.metadata;
  if (setup.role === 'guest') {
    const held = (stored.metadata.finalizers ?? []).join(', ') || 'nothing';
    return refused({
      reason: 'BeingDeleted',
      message: `VirtualMachineService ${namespace}/${name} is being deleted, held by ${held}: --as-controller runs the deletion path`,
    });
  }
  const plan = planDeletion(stored, setup.traits);
  if (!plan.run) {
    steps.push(unchangedStep(stored));
    return null;
  }
  for (const kind of ['Endpoints', 'Service'] as const) {
    const ref = childRef(stored, kind);
    try {
      const before = await (kind === 'Service' ? context.children.service(ref) : context.children.endpoints(ref));
      if (before === undefined) continue;
      await cluster.delete(ref, { dryRun: write.dryRun });
      steps.push({ ref, operation: 'deleted', before, writes: [] });
    } catch (error) {
      if (isNotFound(error)) continue;
      return failure(error, (message) => `failed to delete ${kind}: ${message}`);
    }
  }
  const patch = createMergePatch(
    writableMetadata(stored),
    writableMetadata({ ...stored, metadata: { ...stored.metadata, finalizers: plan.remaining } }),
  );
  if (patch === undefined) return null;
  const after = await cluster.patch(refOf(stored), withPrecondition(patch, stored), write);
  steps.push({
    ref: refOf(stored),
    operation: plan.remaining.length === 0 ? 'deleted' : 'updated',
    before: stored,
    after: vmServiceOf(after),
    writes: [patch],
  });
  return null;
}

async function attempt(
  stage: Stage,
  setup: ControllerSetup,
  act: () => Promise<Step>,
): Promise<{ step: Step } | { error: ReconcileError }> {
  try {
    return { step: await act() };
  } catch (error) {
    return { error: failure(error, (message) => stageError(stage, message, setup)) };
  }
}

/** What a server or the network said, as the item's error. Anything else is a bug of ours and goes up. */
function failure(error: unknown, words: (message: string) => string): ReconcileError {
  if (error instanceof ApiError) return { reason: error.reason, message: words(error.message), exitCode: 3 };
  if (error instanceof ConnectionError) return { reason: 'ConnectionError', message: words(error.message), exitCode: 3 };
  throw error;
}

function refused({ reason, message }: Refusal): ReconcileError {
  return { reason, message, exitCode: reason === 'ProviderUnknown' ? 3 : 2 };
}

function statusPatch(before: object, after: object): JsonObject | undefined {
  return createMergePatch(jsonOf(holding(before)), jsonOf(holding(after)));
}

/** Statuses are compared as fields of an object, so that a new one is created whole. */
function holding(status: object): KubeObject & { status?: object } {
  return { apiVersion: '', kind: '', metadata: { name: '' }, ...(Object.keys(status).length > 0 && { status }) };
}

function childRef({ metadata }: VirtualMachineService, kind: 'Service' | 'Endpoints'): ObjectRef {
  return { apiVersion: 'v1', kind, namespace: metadata.namespace, name: metadata.name };
}

async function optional<T>(answer: Promise<KubeObject>, narrow: (object: KubeObject) => T): Promise<T | undefined> {
  try {
    return narrow(await answer);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
