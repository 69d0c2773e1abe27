import type { Finding } from '../../core/finding.ts';
import { type Profile, traitsOf } from '../../core/profile.ts';
import { validateVmService } from '../../core/validation.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { serverConfig } from '../config.ts';
import type { CustomResourceDefinition } from '../schema/crds.ts';
import { customResources } from '../schema/custom-resources.ts';
import { schemaLookup } from '../schema/schema.ts';
import { type ChildPlace, childRefusals, childState } from './child-service.ts';
import { schemaRefusals } from './schema-refusals.ts';

/** Whose rules apply, and what is known of the cluster. */
export interface AdmissionOptions {
  readonly profile: Profile;
  readonly definitions: readonly CustomResourceDefinition[];
  /** The capability `supports_workload_ipv6`. */
  readonly workloadIPv6: boolean;
  readonly providerOf: (namespace: string) => ChildPlace['provider'];
  /** Services, Namespaces and what else of the cluster is known; a child Service meets them. */
  readonly objects: readonly KubeObject[];
  /** Undefined: unknown, so that only what no cluster would accept is refused. */
  readonly serviceCidrs: readonly string[] | undefined;
}

/** One object, and how it is sent. */
export interface AdmissionRequest {
  /** Where it would go, when it does not say so itself. */
  readonly namespace: string | undefined;
  /** The stored object of an update; without it the object is created. */
  readonly old?: JsonObject;
}

/** Says what would be refused of a VirtualMachineService. */
export type Admission = (object: JsonObject, request: AdmissionRequest) => readonly Finding[];

/**
 * Everything that would refuse a VirtualMachineService: strict decoding, metadata, the schema of its version with its rules, VM
 * Operator's webhook, and Kubernetes when the controller creates the child Service. What can be prepared is prepared once; the function
 * that comes back is pure and takes any JSON object.
 */
export function vmServiceAdmission(options: AdmissionOptions): Admission {
  const { profile, definitions, workloadIPv6, providerOf, objects, serviceCidrs } = options;
  const config = serverConfig(profile, customResources(definitions));
  const lookup = schemaLookup(definitions);
  const traits = traitsOf(profile);
  const state = childState(objects, config);
  return (object, { namespace, old }) => {
    const schema = schemaRefusals(object, { config, lookup, namespace, old });
    const webhook = validateVmService(object, { traits, workloadIPv6, namespace, ...(old !== undefined && { old }) });
    const refused = withoutRepeats([...schema.findings, ...webhook]);
    // What is refused never gets a Service.
    if (schema.object === undefined || refused.some(({ severity }) => severity === 'error')) return refused;
    const provider = providerOf(schema.object.metadata.namespace ?? namespace ?? '');
    const child = { config, traits, workloadIPv6, namespace, place: { state, serviceCidrs, provider } };
    return [...refused, ...childRefusals(schema.object, object, schema.old, child)];
  };
}

/** The webhook says of some fields what the schema has said already: the first to speak is right. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const said = new Set<string>();
  return findings.filter(({ field, message }) => {
    const key = `${field}\0${message}`;
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}
