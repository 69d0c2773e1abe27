import { decideEndpoint, endpointRules } from '../../core/endpoints.ts';
import {
  asControllerSees,
  leavesEndpointsAlone,
  planEndpoints,
  planFinalizersOnly,
  planMetadata,
  planService,
  planStatus,
  type Stage,
  stageError,
} from '../../core/reconcile.ts';
import { type ReconcileError, type ReconcileItem, type Step, unchangedStep } from '../../core/step.ts';
import { type KubeObject, type ObjectRef, refOf } from '../../model/object.ts';
import { type Endpoints, ingressAddresses, type Service, serviceOf } from '../../model/service.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { isUnanswered } from '../cluster.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';
import { currentOwner, OwnerChangedError, unchangedOwner } from './current-owner.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { patchVmService } from './patch-vm-service.ts';
import { type Children, childRef, liveChildren, liveVms, type ReconcileContext } from './reconcile-context.ts';
import { reconcileDeletion } from './reconcile-deletion.ts';
import { failure, isCutOff, refused } from './reconcile-failure.ts';
import { takeBack } from './take-back.ts';
import { type Look, writeChild } from './write-child.ts';

/**
 * The controller's sequence for one VirtualMachineService: metadata, Service, Endpoints computed from the Service that the API
 * server answered with, status. A stage that fails stops the next ones, but the VirtualMachineService's own metadata is written
 * all the same. Mirrors ReconcileNormal, ReconcileDelete and the deferred patch of VM Operator's controller.
 *
 * Should the VirtualMachineService become another one meanwhile, the sequence begins anew for that one, once.
 *
 * Never throws for what a server says: each failure is the item's `error`, and the steps and outcomes say how far it got.
 */
export async function reconcileOnce(stored: VirtualMachineService, context: ReconcileContext): Promise<ReconcileItem> {
  const ledger = ledgerOf(stored);
  try {
    return ledger.item(await sequence(stored, context, ledger));
  } catch (error) {
    if (!(error instanceof OwnerChangedError)) return ledger.item(failure(error));
    return ledger.item(await goOn(stored, error.latest, context, ledger));
  }
}

/** After the VirtualMachineService changed under our hands. */
async function goOn(
  planned: VirtualMachineService,
  latest: VirtualMachineService | undefined,
  context: ReconcileContext,
  ledger: Ledger,
): Promise<ReconcileError | null> {
  if (latest === undefined) return takeBack(planned, latest, context, ledger);
  const deletes = latest.metadata.deletionTimestamp !== undefined;
  if (deletes && context.setup.role === 'guest') return takeBack(planned, latest, context, ledger);
  try {
    return await sequence(latest, { ...context, children: liveChildren(context.cluster) }, ledger);
  } catch (error) {
    if (!(error instanceof OwnerChangedError)) return failure(error);
    if (error.latest === undefined) return takeBack(planned, undefined, context, ledger);
    const name = `virtualmachineservice/${planned.metadata.name}`;
    return { reason: 'Conflict', message: `${name} was changed twice while it was reconciled`, exitCode: 3 };
  }
}

/** @throws OwnerChangedError, and what `failure` knows */
async function sequence(stored: VirtualMachineService, context: ReconcileContext, ledger: Ledger): Promise<ReconcileError | null> {
  if (stored.metadata.deletionTimestamp !== undefined) return reconcileDeletion(stored, context, ledger);
  const ref = refOf(stored);
  ledger.begin([childRef(stored, 'Service'), ...(makesEndpoints(stored, context) ? [childRef(stored, 'Endpoints')] : []), ref]);
  const children = await reconcileChildren(stored, context, ledger);
  if (children.error !== null && isCutOff(children.error)) return children.error;
  const patchError = await patchVmService(stored, children.desiredOf, context, ledger);
  const error = children.error ?? patchError;
  if (error === null) {
    if (!ledger.steps.some((step) => step.ref.kind === ref.kind)) ledger.took(unchangedStep(stored));
    ledger.settle(ref, 'Done');
  }
  return error;
}

function makesEndpoints(vmService: VirtualMachineService, { setup, serviceOnly }: ReconcileContext): boolean {
  return !serviceOnly && !leavesEndpointsAlone(vmService, setup.traits);
}

/** How a VirtualMachineService should be, given what was seen of its children. */
type DesiredOf = (vmService: VirtualMachineService) => VirtualMachineService;

async function reconcileChildren(
  stored: VirtualMachineService,
  context: ReconcileContext,
  ledger: Ledger,
): Promise<{ readonly desiredOf: DesiredOf; readonly error: ReconcileError | null }> {
  const { setup } = context;
  const source = context.providerOf(stored.metadata.namespace ?? '');
  const planFor = (vmService: VirtualMachineService) => planMetadata(asControllerSees(vmService), source, setup);
  const withMetadata: DesiredOf = (vmService) => {
    const planned = planFor(vmService);
    return 'plan' in planned ? planned.plan : planFinalizersOnly(asControllerSees(vmService), setup);
  };

  const metadata = planFor(stored);
  if ('refusal' in metadata) return { desiredOf: withMetadata, error: refused(metadata.refusal) };
  const vmService = metadata.plan;
  const stopped = (error: ReconcileError) => ({ desiredOf: withMetadata, error });

  const service = await takeStage('k8s Service', childRef(stored, 'Service'), context, ledger, async (again) => {
    if (again) await unchangedOwner(stored, context.cluster);
    const existing = await childrenOf(context, again).service(childRef(stored, 'Service'));
    return { existing, desired: planService(vmService, existing, source, setup) };
  });
  if ('error' in service) return stopped(service.error);
  if (service.step.operation === 'created' && context.write.dryRun === 'none') await currentOwner(stored, context.cluster);
  let latest = serviceOf(service.object);

  if (makesEndpoints(vmService, context)) {
    const endpoints = await takeStage('Endpoints', childRef(stored, 'Endpoints'), context, ledger, async (again) => {
      if (again) {
        await unchangedOwner(stored, context.cluster);
        latest = serviceOf(await context.cluster.get(refOf(latest)));
      }
      return lookAtEndpoints(vmService, latest, context, again);
    });
    if ('error' in endpoints) return stopped(endpoints.error);
  }
  if (context.skipStatus) return { desiredOf: withMetadata, error: null };
  latest = await withFreshAddress(latest, service.step, context);
  return { desiredOf: (found) => planStatus(withMetadata(found), latest, setup, context.now), error: null };
}

async function lookAtEndpoints(
  vmService: VirtualMachineService,
  service: Service,
  context: ReconcileContext,
  again: boolean,
): Promise<Look<Endpoints>> {
  const { setup } = context;
  const vms = again ? await liveVms(context.cluster, vmService) : context.vms;
  const existing = await childrenOf(context, again).endpoints(childRef(vmService, 'Endpoints'));
  const rules = endpointRules(service, existing, setup.traits);
  const selected = vms.select(vmService.metadata.namespace, vmService.spec.selector ?? {});
  const decisions = selected.map((vm) => decideEndpoint(vm, rules));
  return { existing, desired: planEndpoints(vmService, service, decisions, existing, setup) };
}

/** One child. What goes wrong is said in the words of the controller's stage. */
async function takeStage<T extends KubeObject>(
  stage: Stage,
  ref: ObjectRef,
  { cluster, setup, write }: ReconcileContext,
  ledger: Ledger,
  look: (again: boolean) => Promise<Look<T>>,
): Promise<{ readonly step: Step; readonly object: KubeObject } | { readonly error: ReconcileError }> {
  try {
    const written = await writeChild(cluster, ref, look, write);
    if ('refusal' in written) return { error: refused(written.refusal) };
    ledger.took(written.step);
    ledger.settle(ref, 'Done');
    return written;
  } catch (error) {
    if (error instanceof UnknownOutcomeError) ledger.settle(ref, 'Unknown');
    return { error: failure(error, (message) => stageError(stage, message, setup)) };
  }
}

/** As they were read for the whole run; once somebody else wrote, as they are now. */
function childrenOf({ cluster, children }: ReconcileContext, again: boolean): Children {
  return again ? liveChildren(cluster) : children;
}

/**
 * A load balancer may answer a new Service faster than we write Endpoints: the address is then copied at once, as the
 * controller does when the Service's change wakes it.
 */
async function withFreshAddress(service: Service, step: Step, { cluster, write }: ReconcileContext): Promise<Service> {
  const waits = service.spec.type === 'LoadBalancer' && ingressAddresses(service).length === 0;
  if (!waits || step.operation === 'unchanged' || write.dryRun !== 'none') return service;
  try {
    return serviceOf(await cluster.get(step.ref));
  } catch (error) {
    // Nothing is wrong yet: the address only comes with the next reconcile.
    if (isUnanswered(error)) return service;
    throw error;
  }
}
