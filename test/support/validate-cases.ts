import type { JsonObject } from '../../src/model/object.ts';

/** A rule, an input that breaks it, and one nearby that does not. */
export interface RuleCase {
  /** `W14`, `K3`, `VMS107`: what the design of the behaviour calls it. */
  readonly rule: string;
  /** What happens, as a sentence. */
  readonly says: string;
  readonly flags?: readonly string[];
  /** The objects of the input; the first is the service that is judged. */
  readonly broken: readonly JsonObject[];
  readonly near: readonly JsonObject[];
  /** The stored objects, for both. */
  readonly old?: JsonObject;
  readonly finds: { readonly code: string; readonly field: string; readonly severity?: 'error' | 'warning' | 'info' };
}

export interface ServiceOptions {
  readonly version?: string;
  readonly name?: string;
  readonly annotations?: JsonObject;
  readonly labels?: JsonObject;
  readonly metadata?: JsonObject;
  /** Fields of the spec that are set, or with `null` left out. */
  readonly spec?: JsonObject;
}

export const port: JsonObject = { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 };

/** A VirtualMachineService that nothing is wrong with, with changes. */
export function service({ version = 'v1alpha6', name = 'web', annotations, labels, metadata, spec = {} }: ServiceOptions = {}): JsonObject {
  const whole: JsonObject = { type: 'LoadBalancer', selector: { app: 'web' }, ports: [port], ...spec };
  return {
    apiVersion: `vmoperator.vmware.com/${version}`,
    kind: 'VirtualMachineService',
    metadata: {
      name,
      namespace: 'team-a',
      ...(annotations !== undefined && { annotations }),
      ...(labels !== undefined && { labels }),
      ...metadata,
    },
    spec: Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null)),
  };
}

export function object(apiVersion: string, kind: string, name: string, fields: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace: 'team-a', ...metadata }, ...fields };
}

/** The Service that a controller made of `web`. */
export function child(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return object('v1', 'Service', 'web', { spec: { type: 'LoadBalancer', ports: [{ ...port }], ...spec } }, metadata);
}

export function ranges(...cidrs: readonly string[]): JsonObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs } };
}
