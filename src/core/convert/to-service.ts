import {
  isList,
  type Json,
  type JsonObject,
  type KubeObject,
  lastAppliedAnnotation,
  type ObjectMeta,
  serverMetadata,
} from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { Service } from '../../model/service.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { conversionAnnotation, type VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { decideEndpoint, endpointRules } from '../endpoints.ts';
import { healthCheckAnnotation, nsxHealthCheckAnnotation, nsxHostnameAnnotation, serviceProxyLabel } from '../load-balancer.ts';
import type { ProfileTraits } from '../profile.ts';
import { type ControllerSetup, leavesEndpointsAlone, planEndpoints, planService } from '../reconcile.ts';
import { isEmptySelector, selectorText } from '../selector.ts';
import { isSeen, type Leg } from '../snapshot.ts';
import { assumedService } from '../trace/hops.ts';
import { selectVms } from '../trace/members.ts';
import { vmServiceFields } from '../vm-service-fields.ts';
import type { World } from '../world.ts';
import type { Conversion, Loss } from './conversion.ts';

/** What a VirtualMachineService comes to without VM Operator, and whether its VMs could be looked at. */
export interface ToService extends Conversion {
  readonly vms: Leg<VirtualMachine>;
}

/**
 * The Service and the Endpoints that VM Operator would make of a VirtualMachineService, as objects that nobody keeps: computed by what
 * computes them for a reconcile, without the owner and without what is for NSX and VM Operator alone. Where VMs could not be looked
 * at there are no Endpoints.
 */
export function toService(written: VirtualMachineService, world: World): ToService {
  const { vmService, hidden } = withHiddenFamilies(written);
  const { traits } = world.facts;
  const setup: ControllerSetup = {
    traits,
    workloadIPv6: vmService.spec.ipFamilies !== undefined || vmService.spec.ipFamilyPolicy !== undefined,
    role: 'guest',
    adopt: true,
  };
  const planned = planService(vmService, undefined, { from: 'setting', provider: 'none' }, setup);
  if (!('plan' in planned)) throw new Error(`a Service that is new was refused: ${planned.refusal.message}`);
  const service = withHealthCheckPort(withoutOwner(planned.plan));
  const selected = selectsVms(vmService, traits);
  const vms = selectVms(vmService, vmService.spec.selector ?? {}, world, !selected);
  const endpoints = isSeen(vms) && selected ? [endpointsOf(vmService, vms.items, world, setup)] : [];
  return {
    objects: [service, ...endpoints],
    losses: [...lossesOf(written), ...hidden],
    notes: notesOn(vmService.spec, endpoints.length > 0),
    vms,
  };
}

/** Whether its Endpoints are made of VMs: otherwise they need not be looked at. */
export function selectsVms(vmService: VirtualMachineService, traits: ProfileTraits): boolean {
  return vmService.spec.type !== 'ExternalName' && !leavesEndpointsAlone(vmService, traits);
}

function notesOn({ type, selector }: VirtualMachineService['spec'], hasEndpoints: boolean): readonly string[] {
  if (type === 'ExternalName') return [];
  if (isEmptySelector(selector)) return ['it has no selector: its Endpoints were written by hand, and are none of this'];
  if (!hasEndpoints) return [];
  return [`the Endpoints are those of ${selectorText(selector)} now: VMs that come, go or change their readiness are not followed`];
}

/** An object of an older version carries the families in an annotation. */
function withHiddenFamilies(vmService: VirtualMachineService): {
  readonly vmService: VirtualMachineService;
  readonly hidden: readonly Loss[];
} {
  const text = vmService.metadata.annotations?.[conversionAnnotation];
  if (text === undefined) return { vmService, hidden: [] };
  const { [conversionAnnotation]: _, ...annotations } = vmService.metadata.annotations ?? {};
  const plain = { ...vmService, metadata: { ...vmService.metadata, annotations } };
  const spec = specOf(text);
  if (spec === undefined)
    return { vmService: plain, hidden: [{ field: `metadata.annotations["${conversionAnnotation}"]`, why: 'it cannot be read' }] };
  const families = isList(spec['ipFamilies']) ? spec['ipFamilies'].filter((item) => typeof item === 'string') : undefined;
  const policy = typeof spec['ipFamilyPolicy'] === 'string' ? spec['ipFamilyPolicy'] : undefined;
  return {
    vmService: {
      ...plain,
      spec: { ...(families && { ipFamilies: families }), ...(policy !== undefined && { ipFamilyPolicy: policy }), ...plain.spec },
    },
    hidden: [],
  };
}

function specOf(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isMap(value) && isMap(value['spec']) ? value['spec'] : undefined;
  } catch {
    return undefined;
  }
}

function endpointsOf(vmService: VirtualMachineService, vms: readonly VirtualMachine[], world: World, setup: ControllerSetup): KubeObject {
  const service = assumedService(vmService, world, setup);
  const rules = endpointRules(service, undefined, setup.traits);
  const planned = planEndpoints(
    vmService,
    service,
    vms.map((vm) => decideEndpoint(vm, rules)),
    undefined,
    setup,
  );
  if (!('plan' in planned)) throw new Error(`Endpoints that are new were refused: ${planned.refusal.message}`);
  return withoutOwner(planned.plan);
}

/** The port that NSX reads in an annotation is a field of a load balancer that keeps to the policy Local. */
function withHealthCheckPort<T extends Service>(service: T): T {
  const text = service.metadata.annotations?.[healthCheckAnnotation] ?? '';
  const { type, externalTrafficPolicy } = service.spec;
  if (type !== 'LoadBalancer' || externalTrafficPolicy !== 'Local' || !/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65535) return service;
  return { ...service, spec: { ...service.spec, healthCheckNodePort: Number(text) } };
}

const ofOthers: readonly string[] = [nsxHealthCheckAnnotation, nsxHostnameAnnotation, lastAppliedAnnotation, conversionAnnotation];

/** Nobody owns it; kube-proxy is to serve it; and NSX and VM Operator have left nothing on it. */
function withoutOwner<T extends KubeObject>(object: T): T {
  const { ownerReferences: _, labels = {}, annotations = {}, ...rest } = object.metadata;
  const { [serviceProxyLabel]: __, ...kept } = labels;
  const notes = Object.entries(annotations).filter(([key]) => !ofOthers.includes(key));
  const metadata: ObjectMeta = {
    ...rest,
    ...(Object.keys(kept).length > 0 && { labels: kept }),
    ...(notes.length > 0 && { annotations: Object.fromEntries(notes) }),
  };
  return { ...object, metadata };
}

/** What the object says and a Service cannot. Finalizers are no loss: there is nothing that VM Operator would have to take away. */
function lossesOf(vmService: VirtualMachineService): readonly Loss[] {
  const { metadata, spec } = vmService;
  const unknown = (fields: object, place: string, before: string): readonly Loss[] =>
    Object.keys(fields)
      .filter((field) => !vmServiceFields.get(place)?.includes(field) && !(place === 'metadata' && serverMetadata.includes(field)))
      .map((field) => ({ field: `${before}${field}`, why: 'no VirtualMachineService has such a field' }));
  return [
    ...(metadata.ownerReferences?.length ? [{ field: 'metadata.ownerReferences', why: 'whoever owns it does not own these' }] : []),
    ...unknown(metadata, 'metadata', 'metadata.'),
    ...unknown(spec, 'spec', 'spec.'),
    ...(spec.ports ?? []).flatMap((port, index) => unknown(port, 'spec.ports.[]', `spec.ports[${index}].`)),
    ...unknown(vmService, '', ''),
  ];
}
