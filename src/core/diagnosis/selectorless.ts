import { endpointAddresses } from '../../model/service.ts';
import { advice } from '../finding.ts';
import { isEmptySelector } from '../selector.ts';
import { isMirrored } from '../slice-manager.ts';
import { itemsOf } from '../snapshot.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';

/** Whoever makes Endpoints by hand needs some time. Seconds. */
const handmadeGrace = 300;

/** VMS109: without a selector nobody makes Endpoints, and nobody did. */
export const selectorlessWithoutEndpoints: ServiceRule = {
  about: 'service',
  code: 'VMS109',
  worst: 'error',
  needs: ['endpoints'],
  applies: ({ vmService, leftAlone }) => leftAlone && vmService.spec.type !== 'ExternalName',
  find: ({ vmService, trace, around }) => {
    if (trace.endpoints.state !== 'LeftAlone') return [];
    const { endpoints, ready, notReady } = trace.endpoints;
    const custom = itemsOf(trace.slices).filter(({ slice }) => !isMirrored(slice));
    if (ready + notReady > 0 || custom.some(({ slice }) => (slice.endpoints ?? []).length > 0)) return [];
    const { name, creationTimestamp } = vmService.metadata;
    const young = (around.times.age(creationTimestamp) ?? Number.POSITIVE_INFINITY) < handmadeGrace;
    return [
      found('VMS109', young ? 'info' : 'error', 'likely', vmService, `${name} has no selector, and nobody has made Endpoints for it`, {
        field: 'spec.selector',
        evidence: ['spec.selector is empty', endpoints === undefined ? `no Endpoints ${name}` : `Endpoints ${name} have no addresses`],
        why: 'without a selector the controller leaves the Endpoints alone',
        fix: [
          advice('add a selector with labels that the VMs have'),
          advice(`or create Endpoints ${name} with the same port names, which takes a right that edit roles lack`),
        ],
        follows: ['VMS614'],
      }),
    ];
  },
};

/** VMS114: the oldest releases select every VM with an empty selector. */
export const emptySelectorMatchesAll: ServiceRule = {
  about: 'service',
  code: 'VMS114',
  worst: 'warning',
  needs: ['vms', 'endpoints'],
  applies: ({ vmService, around }) =>
    isEmptySelector(vmService.spec.selector) && around.world.facts.version === 'v1alpha1' && vmService.spec.type !== 'ExternalName',
  find: ({ vmService, around }) => {
    const lookup = around.world.endpoints(vmService);
    if (!('found' in lookup) || 'unavailable' in around.world.vms) return [];
    const listed = new Set(
      endpointAddresses(lookup.found).flatMap(({ targetRef }) =>
        targetRef?.kind === 'VirtualMachine' && targetRef.uid !== undefined ? [targetRef.uid] : [],
      ),
    );
    const vms = around.world.vms.index.inNamespace(vmService.metadata.namespace);
    const withAddress = vms.filter((vm) => vm.metadata.deletionTimestamp === undefined && (vm.status?.vmIp ?? '') !== '');
    // The next release serves the same version and leaves such Endpoints alone: only a complete list is telling.
    if (withAddress.length === 0 || !withAddress.every((vm) => listed.has(vm.metadata.uid ?? ''))) return [];
    return [
      found('VMS114', 'warning', 'certain', vmService, `The empty selector selects every VM of ${vmService.metadata.namespace ?? ''}`, {
        field: 'spec.selector',
        evidence: [`Endpoints list all ${withAddress.length} VMs that have an address; only v1alpha1 is served`],
        why: 'this release takes an empty selector for all; later ones leave the Endpoints as they are then',
        fix: [advice('add a selector before the next upgrade')],
        // The next release, which serves the same version, leaves just such Endpoints behind.
        follows: ['VMS504'],
      }),
    ];
  },
};
