import type { JsonObject, ObjectMeta, OwnerReference } from '../model/object.ts';
import type { Endpoints, Service } from '../model/service.ts';
import { conversionAnnotation, type VirtualMachineService } from '../model/virtual-machine-service.ts';
import { absentWhenEmpty } from './absent.ts';
import { serviceReadyState, withCondition } from './conditions.ts';
import { computeSubsets, type EndpointDecision } from './endpoints.ts';
import { type Provider, type ProviderSource, providerMetadata, resolveProvider } from './load-balancer.ts';
import { alreadyOwnedMessage, ownershipOf, withController } from './ownership.ts';
import { deprecatedFinalizer, type ProfileTraits } from './profile.ts';
import { isEmptySelector } from './selector.ts';
import { desiredService } from './service.ts';

/** Which controller is played, and how much of it. */
export interface ControllerSetup {
  readonly traits: ProfileTraits;
  /** The capability `supports_workload_ipv6`. */
  readonly workloadIPv6: boolean;
  /** `controller`: adoption, finalizers and the deletion path, exactly as the real one. `guest`: none of these. */
  readonly role: 'controller' | 'guest';
  /** A guest may take over children that nobody owns. */
  readonly adopt: boolean;
}

/** Why a stage stops. The reason is one CamelCase word, the message a sentence, the controller's own where it has one. */
export interface Refusal {
  readonly reason: 'OwnedByAnotherController' | 'UnownedChild' | 'ProviderUnknown' | 'BeingDeleted' | 'ChildBeingDeleted';
  readonly message: string;
}

/** The stages whose failure the controller names. */
export type Stage = 'k8s Service' | 'Endpoints';

export type Planned<T> = { readonly plan: T } | { readonly refusal: Refusal };

/** The VirtualMachineService as the controller sees it: its own version, without the annotation that would otherwise reach its children. */
export function asControllerSees(vmService: VirtualMachineService): VirtualMachineService {
  if (vmService.metadata.annotations?.[conversionAnnotation] === undefined) return vmService;
  const { [conversionAnnotation]: _, ...annotations } = vmService.metadata.annotations;
  return { ...vmService, metadata: absentWhenEmpty<ObjectMeta>({ ...vmService.metadata, annotations }) };
}

/** The finalizers that the controller leaves on a VirtualMachineService that is not being deleted. */
function planFinalizers(finalizers: readonly string[] | undefined, traits: ProfileTraits): readonly string[] {
  const existing = finalizers ?? [];
  if (existing.includes(traits.finalizer)) return existing;
  return [...existing.filter((name) => name !== deprecatedFinalizer), traits.finalizer];
}

/**
 * The VirtualMachineService with the finalizer (as the controller only) and, for type LoadBalancer, the provider's labels and
 * annotations. They are written back at the end of a reconcile, but the Service is computed from them at once.
 */
export function planMetadata(
  vmService: VirtualMachineService,
  source: ProviderSource,
  setup: ControllerSetup,
): Planned<VirtualMachineService> {
  const finalizers =
    setup.role === 'controller' ? planFinalizers(vmService.metadata.finalizers, setup.traits) : vmService.metadata.finalizers;
  const withFinalizers = { ...vmService, metadata: absentWhenEmpty<ObjectMeta>({ ...vmService.metadata, finalizers }) };
  if (vmService.spec.type !== 'LoadBalancer') return { plan: withFinalizers };
  const resolved = resolveProvider(source);
  if ('problem' in resolved) return { refusal: providerUnknown(resolved.problem, setup, 'loadBalancer') };
  const { annotations, labels } = providerMetadata(resolved.provider, vmService.metadata, setup.traits);
  const metadata = absentWhenEmpty<ObjectMeta>({
    ...withFinalizers.metadata,
    annotations: { ...vmService.metadata.annotations, ...annotations },
    labels: { ...vmService.metadata.labels, ...labels },
  });
  return { plan: { ...withFinalizers, metadata } };
}

/** The finalizers of a VirtualMachineService after a `planMetadata` that was refused: the controller writes them all the same. */
export function planFinalizersOnly(vmService: VirtualMachineService, setup: ControllerSetup): VirtualMachineService {
  if (setup.role === 'guest') return vmService;
  const finalizers = planFinalizers(vmService.metadata.finalizers, setup.traits);
  return { ...vmService, metadata: { ...vmService.metadata, finalizers } };
}

export function planService(
  vmService: VirtualMachineService,
  existing: Service | undefined,
  source: ProviderSource,
  setup: ControllerSetup,
): Planned<Service> {
  const foreign = existing && refuseForeign(existing, vmService, setup, 'k8s Service');
  if (foreign) return { refusal: foreign };
  const resolved = resolveProvider(source);
  if ('problem' in resolved) return { refusal: providerUnknown(resolved.problem, setup, 'service') };
  const provider = providerMetadata(resolved.provider satisfies Provider, vmService.metadata, setup.traits);
  return { plan: desiredService(vmService, existing, { traits: setup.traits, workloadIPv6: setup.workloadIPv6, provider }) };
}

/** Whether this release leaves the Endpoints of such a selector alone. */
export function leavesEndpointsAlone(vmService: VirtualMachineService, traits: ProfileTraits): boolean {
  return isEmptySelector(vmService.spec.selector) && !traits.emptySelectorSelectsAll;
}

/**
 * The Endpoints that should be there: labels and annotations are the Service's, subsets follow from the decisions, everything
 * else on an existing object stays. `service` must be as the API server returned it.
 */
export function planEndpoints(
  vmService: VirtualMachineService,
  service: Service,
  decisions: readonly EndpointDecision[],
  existing: Endpoints | undefined,
  setup: ControllerSetup,
): Planned<Endpoints> {
  const foreign = existing && refuseForeign(existing, vmService, setup, 'Endpoints');
  if (foreign) return { refusal: foreign };
  const { name, namespace } = vmService.metadata;
  const base: ObjectMeta = existing?.metadata ?? { name, ...(namespace !== undefined && { namespace }) };
  const metadata = absentWhenEmpty<ObjectMeta>({
    ...base,
    labels: service.metadata.labels,
    annotations: service.metadata.annotations,
    ownerReferences: withController(base.ownerReferences, vmService),
  });
  const identity = existing ?? { apiVersion: 'v1', kind: 'Endpoints', metadata };
  return { plan: absentWhenEmpty<Endpoints>({ ...identity, metadata, subsets: computeSubsets(decisions, service) }) };
}

/** The status that should be there. Beware: an empty `loadBalancer` is written only where ingress had to be cleared. */
export function planStatus(vmService: VirtualMachineService, service: Service, setup: ControllerSetup, now: string): VirtualMachineService {
  const status = withIngress(vmService, service, setup.traits);
  const state = setup.traits.setsServiceReadyCondition ? serviceReadyState(service) : undefined;
  if (state === undefined) return status === undefined ? vmService : { ...vmService, status };
  const conditions = withCondition(vmService.status?.conditions ?? [], state, now);
  return { ...vmService, status: { ...status, conditions } };
}

function withIngress(vmService: VirtualMachineService, service: Service, traits: ProfileTraits): VirtualMachineService['status'] {
  const stored = vmService.status;
  if (vmService.spec.type !== 'LoadBalancer' && !traits.clearsIngressOfOtherTypes) return stored;
  const given = vmService.spec.type === 'LoadBalancer' ? (service.status?.loadBalancer?.ingress ?? []) : [];
  const ingress = given.map(({ ip, hostname }) => ({ ...(ip && { ip }), ...(hostname && { hostname }) }));
  if (ingress.length > 0) return { ...stored, loadBalancer: { ...stored?.loadBalancer, ingress } };
  if (stored?.loadBalancer?.ingress === undefined) return stored;
  const { ingress: _, ...rest } = stored.loadBalancer;
  return { ...stored, loadBalancer: rest };
}

/** What the deletion path does: nothing without a finalizer of ours, otherwise both children go and the finalizers with them. */
export type DeletionPlan = { readonly run: false } | { readonly run: true; readonly remaining: readonly string[] };

export function planDeletion(vmService: VirtualMachineService, traits: ProfileTraits): DeletionPlan {
  const finalizers = vmService.metadata.finalizers ?? [];
  if (!finalizers.some((name) => traits.deletionFinalizers.includes(name))) return { run: false };
  return { run: true, remaining: finalizers.filter((name) => !traits.deletionFinalizers.includes(name)) };
}

/** The error text of a write that the API server refused, as the controller's log has it. */
export function stageError(stage: Stage, message: string, setup: ControllerSetup): string {
  return wraps(setup) ? `failed to reconcile VirtualMachineService: failed to update VirtualMachineService ${stage}: ${message}` : message;
}

/** Only the controller's part is spoken in the controller's words. */
function wraps(setup: ControllerSetup): boolean {
  return setup.role === 'controller' && setup.traits.wrapsErrors;
}

/** The metadata of a VirtualMachineService as a value to compare: only what the controller may change. */
export function writableMetadata({ metadata }: VirtualMachineService): JsonObject {
  return {
    metadata: {
      ...(metadata.annotations && { annotations: metadata.annotations }),
      ...(metadata.labels && { labels: metadata.labels }),
      ...(metadata.finalizers && { finalizers: metadata.finalizers }),
    },
  };
}

/** Why a child may not be written: another controller's, or nobody's and not to be adopted. */
export function refuseForeign(
  child: Service | Endpoints,
  vmService: VirtualMachineService,
  setup: ControllerSetup,
  stage: Stage,
): Refusal | undefined {
  const ownership = ownershipOf(child, vmService);
  switch (ownership.owner) {
    case 'ours':
      return refuseEnding(child, setup);
    case 'another':
      return { reason: 'OwnedByAnotherController', message: anothersMessage(child, ownership.controller, setup, stage) };
    case 'nobody':
      if (setup.role === 'controller' || setup.adopt) return refuseEnding(child, setup);
      return {
        reason: 'UnownedChild',
        message: `${child.kind} ${child.metadata.namespace}/${child.metadata.name} exists and nobody owns it: say --adopt to take it over, as the controller would`,
      };
  }
}

/** The controller's log leaves out the kind, which people need to know. */
function anothersMessage(child: Service | Endpoints, controller: OwnerReference, setup: ControllerSetup, stage: Stage): string {
  const message = alreadyOwnedMessage(child, controller, setup.role === 'controller' ? 'Object' : child.kind);
  return stageError(stage, message, setup);
}

/** The controller writes to a child that is on its way out as to any other. People would wonder where their change went. */
function refuseEnding({ kind, metadata }: Service | Endpoints, setup: ControllerSetup): Refusal | undefined {
  const { namespace, name, deletionTimestamp, finalizers = [] } = metadata;
  if (deletionTimestamp === undefined || setup.role === 'controller') return undefined;
  const held = finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : '';
  return { reason: 'ChildBeingDeleted', message: `${kind} ${namespace}/${name} is being deleted since ${deletionTimestamp}${held}` };
}

function providerUnknown(problem: string, setup: ControllerSetup, stage: 'loadBalancer' | 'service'): Refusal {
  const message = `failed to get load balancer provider: ${problem}`;
  if (!wraps(setup)) return { reason: 'ProviderUnknown', message };
  return {
    reason: 'ProviderUnknown',
    message: stage === 'service' ? stageError('k8s Service', message, setup) : `failed to reconcile VirtualMachineService: ${message}`,
  };
}
