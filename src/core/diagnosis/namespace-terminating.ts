import { jsonOf, type KubeObject } from '../../model/object.ts';
import { conditionsOf, mapAt } from '../../model/raw-fields.ts';
import { advice } from '../finding.ts';
import { findingCodes } from '../finding-family.ts';
import { itemsOf } from '../snapshot.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS917: everything in the namespace is going. */
export const namespaceTerminating: ServiceRule = {
  about: 'service',
  code: 'VMS917',
  worst: 'error',
  inDeletion: true,
  needs: [],
  // Where nothing is being deleted and nothing is refused, the namespace is not either.
  mayHideIn: ({ vmService, trace, proofs: { createService } }) =>
    vmService.metadata.deletionTimestamp !== undefined ||
    (trace.service.state === 'Missing' && (createService === undefined || createService.outcome === 'notTried'))
      ? ['namespaces']
      : [],
  find: ({ vmService, around, proofs }) => {
    const { namespace = '' } = vmService.metadata;
    const object = itemsOf(around.surroundings.namespaces).find(({ metadata }) => metadata.name === namespace);
    const going =
      object !== undefined && (object.metadata.deletionTimestamp !== undefined || mapAt(jsonOf(object), 'status').phase === 'Terminating');
    const proof = proofs.createService;
    const refused = proof?.outcome === 'refused' && (proof.status.message ?? '').includes('being terminated');
    if (!going && !refused) return [];
    return [
      found(
        'VMS917',
        'error',
        'certain',
        { kind: 'Namespace', metadata: { name: namespace } },
        `Namespace ${namespace} is being deleted, and everything in it`,
        {
          evidence: [
            object?.metadata.deletionTimestamp === undefined
              ? 'the server refuses new objects: the namespace is being terminated'
              : `deletionTimestamp ${object.metadata.deletionTimestamp}, ${around.times.ago(object.metadata.deletionTimestamp)}`,
            ...heldBy(vmService),
            ...(object === undefined ? [] : remaining(object)),
          ],
          why: 'the namespace goes when all in it has gone: what has finalizers stays until whoever set them takes them off',
          fix: [advice('make the service in another namespace, or wait until this one has gone and can be made anew')],
          follows: findingCodes.filter((code) => code !== 'VMS917'),
        },
      ),
    ];
  },
};

/** The service goes with its namespace, and may be what keeps it. */
function heldBy({ metadata }: ServiceSubject['vmService']): readonly string[] {
  const { name, deletionTimestamp, finalizers = [] } = metadata;
  if (deletionTimestamp === undefined || finalizers.length === 0) return [];
  return [`${name} is being deleted, and held by ${finalizers.join(', ')}`];
}

/** What the namespace itself says of the objects that are left in it. */
function remaining(namespace: KubeObject): readonly string[] {
  return conditionsOf(namespace)
    .filter((condition) => condition.status === 'True' && condition.message !== '')
    .map((condition) => `Namespace ${condition.type}: ${condition.message}`);
}
