import { memberAddresses, memberName, memberReason, memberState } from '../../src/core/trace/members.ts';
import { type ServiceTrace, traceService } from '../../src/core/trace/trace.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Endpoints, Service } from '../../src/model/service.ts';
import type { VirtualMachineService } from '../../src/model/virtual-machine-service.ts';
import { aService, type EndpointsOptions, ownedBy, type ServiceOptions, someEndpoints } from './builders.ts';
import { type SeenWorldOptions, seenWorld } from './seen-world.ts';
import { svc, webVm } from './stage.ts';
import { testNow } from './test-io.ts';

/** Two VMs that `svc` selects. */
export const one = webVm('vm-1', { ip: '1.1.1.1' });
export const two = webVm('vm-2', { ip: '2.2.2.2' });

/** Its Service with an address, as the controller would leave it. */
export function service(options: ServiceOptions = {}, of: VirtualMachineService = svc()): Service {
  return aService('svc', { owners: [ownedBy(of)], ingress: ['192.0.2.7'], ...options });
}

/** Its Endpoints. */
export function endpoints(options: EndpointsOptions = {}): Endpoints {
  return someEndpoints('svc', { owners: [ownedBy(svc())], ...options });
}

/** A world in which everything is as it should be. */
export const whole: readonly KubeObject[] = [one, two, service(), endpoints({ ready: [one, two] })];

/** The trace of `svc` through a world, at the tests' time. */
export function trace(objects: readonly KubeObject[], options?: SeenWorldOptions, of: VirtualMachineService = svc()): ServiceTrace {
  return traceService(of, seenWorld(objects, options), { now: new Date(testNow), others: true, compareService: true });
}

/** Each member as `name state reason addresses`. */
export function members({ members: leg }: ServiceTrace): readonly string[] {
  if ('unavailable' in leg) return [leg.unavailable.because];
  return leg.items.map((member) => [memberName(member), memberState(member), memberReason(member), ...memberAddresses(member)].join(' '));
}
