import { jsonOf, type KubeObject } from '../../model/object.ts';
import { mapAt, mapsAt, textAt } from '../../model/raw-fields.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { fewLines } from '../few-names.ts';
import { advice } from '../finding.ts';
import { isSeen, type Leg } from '../snapshot.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';

const networkAnnotations = [
  ['ncp.vmware.com/virtual-network-name', 'virtualNetworks', 'VirtualNetwork'],
  ['netoperator.vmware.com/network-name', 'networks', 'Network'],
] as const;

/** VMS616: the load balancer stands in another network than the VMs. */
export const networkAnnotationMismatch: ServiceRule = {
  about: 'service',
  code: 'VMS616',
  worst: 'error',
  needs: ['vms'],
  applies: ({ vmService }) => networkAnnotations.some(([key]) => vmService.metadata.annotations?.[key] !== undefined),
  mayHideIn: ({ vmService }) =>
    networkAnnotations.flatMap(([key, leg]) => (vmService.metadata.annotations?.[key] === undefined ? [] : [leg])),
  find: ({ vmService, decisions, around }) =>
    networkAnnotations.flatMap(([key, leg, kind]) => {
      const name = vmService.metadata.annotations?.[key];
      if (name === undefined) return [];
      const networks: Leg<KubeObject> = around.surroundings[leg];
      // Where there are no networks at all, they may be of a kind that the server does not have.
      const missing = isSeen(networks) && networks.items.length > 0 && !networks.items.some(({ metadata }) => metadata.name === name);
      const others = decisions.flatMap(({ vm }) => {
        const own = networksOf(vm);
        return own.length > 0 && !own.includes(name) ? [`VM ${vm.metadata.name} is in ${own.join(', ')}`] : [];
      });
      if (others.length === 0 && !missing) return [];
      return [
        found(
          'VMS616',
          'error',
          'likely',
          vmService,
          missing
            ? `The annotation names ${kind} ${name}, which does not exist`
            : `The load balancer stands in ${kind} ${name}, ${others.length < decisions.length ? `${others.length} of ${decisions.length}` : 'the'} VMs do not`,
          {
            field: `metadata.annotations[${key}]`,
            evidence: [`annotation ${key}: ${name}`, ...fewLines(others, 4)],
            fix: [
              advice('make the service anew with the network of its VMs; networks behind one gateway may reach one another all the same'),
            ],
          },
        ),
      ];
    }),
};

/** The networks that a VM's interfaces name, in any version. */
function networksOf(vm: VirtualMachine): readonly string[] {
  const spec = mapAt(jsonOf(vm), 'spec');
  const newer = mapsAt(mapAt(spec, 'network'), 'interfaces').map((nic) => textAt(mapAt(nic, 'network'), 'name'));
  const older = mapsAt(spec, 'networkInterfaces').map((nic) => textAt(nic, 'networkName'));
  return [...newer, ...older].filter((name) => name !== '');
}
