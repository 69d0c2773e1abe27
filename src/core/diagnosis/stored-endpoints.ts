import type { Endpoints } from '../../model/service.ts';
import type { ServiceSubject } from './subject.ts';

/** There is a Service that the controller may write, and it computes its Endpoints. */
export function isKept({ trace, leftAlone }: ServiceSubject): boolean {
  const { state } = trace.service;
  return !leftAlone && state !== 'Missing' && state !== 'Refused';
}

export function storedEndpoints({ vmService, around: { world } }: ServiceSubject): Endpoints | undefined {
  const lookup = world.endpoints(vmService);
  return 'found' in lookup ? lookup.found : undefined;
}
