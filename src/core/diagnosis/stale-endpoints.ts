import { primaryAddresses } from '../../model/virtual-machine.ts';
import { selectorText } from '../selector.ts';
import { itemsOf } from '../snapshot.ts';
import { newest, touches, writtenBy } from './changes.ts';
import { missingNames, type StaleMember, staleMembers } from './endpoint-members.ts';
import { nudgeCommand } from './fixes.ts';
import { childOf, found } from './found.ts';
import { hasEndpoints } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import { isKept } from './stored-endpoints.ts';

/** How long an old release may take to notice that a label is gone. Minutes. */
function resyncMinutes(version: string): number | undefined {
  const number = Number(/^v1alpha(\d+)$/.exec(version)?.[1] ?? Number.NaN);
  if (number >= 6) return undefined;
  return number === 5 ? 30 : 10;
}

/** VMS502: a VM that no longer has the labels still gets traffic. */
export const endpointNoLongerSelected: ServiceRule = {
  about: 'service',
  code: 'VMS502',
  worst: 'error',
  needs: ['vms', 'endpoints'],
  applies: (subject) => isKept(subject) && hasEndpoints(subject),
  find: (subject) => {
    const { vmService, trace, around } = subject;
    const { times, world } = around;
    const limit = resyncMinutes(world.facts.version);
    const selector = vmService.spec.selector ?? {};
    return staleMembers(trace.members, ['NoLongerSelected']).flatMap(({ vm, name, addresses }) => {
      if (vm === undefined) return [];
      const changed = newest(
        writtenBy(vm, (part) => touches(part, 'f:metadata') && !/^(vm-operator|vmware-system-vmop|manager$)/.test(part.manager)).map(
          ({ time }) => time,
        ),
      );
      const minutes = (times.age(changed) ?? Number.NaN) / 60;
      if (limit === undefined && minutes < 1) return [];
      const overdue = limit === undefined ? changed === undefined || minutes >= 1 : minutes >= limit;
      const labels = Object.entries(selector)
        .filter(([key, value]) => vm.metadata.labels?.[key] !== value)
        .map(([key]) =>
          vm.metadata.labels?.[key] === undefined ? `label ${key} removed` : `label ${key} changed to ${vm.metadata.labels[key]}`,
        );
      const due =
        limit === undefined || changed === undefined || overdue
          ? ''
          : `: by ${new Date(Date.parse(changed) + limit * 60_000).toISOString().slice(11, 16)}`;
      const ago = changed === undefined ? '' : ` ${times.ago(changed)}`;
      return [
        found('VMS502', overdue ? 'error' : 'warning', 'certain', vm, `${name} no longer matches but is still an endpoint`, {
          evidence: [`${addresses.join(', ')} -> ${name}; ${labels.join(', ')}${ago}; the selector wants ${selectorText(selector)}`],
          why:
            limit === undefined
              ? 'this release reacts to a removed label within seconds: the controller fails, or does not run'
              : overdue
                ? `this release does not react to a removed label, but the resync, every ${limit} min, is overdue`
                : `this release does not react to a removed label; it corrects itself at the next resync (up to ${limit} min${due})`,
          fix: nudgeCommand(vmService),
          follows: overdue ? ['VMS915'] : [],
        }),
      ];
    });
  },
};

/** VMS503: what the Endpoints say of a VM is no longer so. */
export const endpointStale: ServiceRule = {
  about: 'service',
  code: 'VMS503',
  worst: 'error',
  // Its families decide which addresses the controller takes.
  needs: ['vms', 'services', 'endpoints'],
  applies: (subject) => isKept(subject) && hasEndpoints(subject),
  find: (subject) => {
    const { vmService, trace } = subject;
    if (!subject.isSettled()) return [];
    const object = childOf(vmService, 'Endpoints');
    const why = 'the controller writes such a difference away within seconds: it fails, or does not run';
    const missing = missingNames(trace.members);
    const gone = staleMembers(trace.members, ['VirtualMachineGone', 'AddressChanged', 'NoLongerEligible', 'NotAVirtualMachine']).map(
      (member) => {
        const anew = member.because === 'VirtualMachineGone' && missing.includes(member.name);
        const message = anew
          ? `The Endpoints still have ${member.addresses.join(', ')} of an earlier ${member.name}: the VM was made anew`
          : staleMessage(member);
        return found('VMS503', 'error', 'certain', object, message, {
          evidence: [`Endpoints ${vmService.metadata.name}: ${member.addresses.join(', ')} -> ${member.name}`, ...currentLine(member)],
          why,
          fix: nudgeCommand(vmService),
          follows: ['VMS915', ...(anew && missing.every((name) => name === member.name) ? (['VMS501'] as const) : [])],
        });
      },
    );
    const otherwise = itemsOf(trace.members).flatMap((member) => {
      if (member.kind !== 'decided' || member.stored !== 'Differs') return [];
      const { vm, outcome } = member.decision;
      const stillReady = outcome !== 'ready';
      return [
        found(
          'VMS503',
          stillReady ? 'error' : 'warning',
          'certain',
          object,
          `The Endpoints still have ${vm.metadata.name} as ${stillReady ? 'ready' : 'not ready'}`,
          {
            evidence: [`computed: ${stillReady ? 'not ready' : 'ready'}; stored: ${stillReady ? 'ready' : 'not ready'}`],
            why,
            fix: nudgeCommand(vmService),
            follows: ['VMS915'],
          },
        ),
      ];
    });
    return [...gone, ...otherwise];
  },
};

function staleMessage({ name, addresses, because }: StaleMember): string {
  const address = addresses.join(', ');
  switch (because) {
    case 'VirtualMachineGone':
      return `The Endpoints still have ${address} of ${name}, a VM that is gone`;
    case 'AddressChanged':
      return `The Endpoints still have the old address ${address} of ${name}`;
    case 'NoLongerEligible':
      return `The Endpoints still have ${address} of ${name}, which should be out`;
    case 'NotAVirtualMachine':
      return `The Endpoints have ${address}, which is no VM of the selector`;
    case 'NoLongerSelected':
      return `The Endpoints still have ${address} of ${name}, which is not selected`;
  }
}

function currentLine({ vm }: StaleMember): readonly string[] {
  if (vm === undefined) return [];
  const { ip4, ip6 } = primaryAddresses(vm);
  return [`VirtualMachine ${vm.metadata.name}: ${[ip4, ip6].filter((ip) => ip !== undefined).join(', ') || 'no address'}`];
}
