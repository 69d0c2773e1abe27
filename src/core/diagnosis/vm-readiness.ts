import {
  conditionOf,
  observedPower,
  primaryAddresses,
  probeAction,
  readyCondition,
  type VirtualMachine,
} from '../../model/virtual-machine.ts';
import { probeGates } from '../endpoints.ts';
import { fewNames } from '../few-names.ts';
import { advice, type Fix } from '../finding.ts';
import { newest, touches, writtenBy } from './changes.ts';
import { found } from './found.ts';
import { guestInfoLookup } from './guest-info.ts';
import type { ServiceRule, VmRule, VmSubject } from './rule.ts';
import { noneReady } from './vm-life.ts';

/** It has a probe whose verdict counts. */
function waitsForProbe({ vm, service }: VmSubject): boolean {
  return probeGates(vm, service.around.world.facts.traits);
}

/** VMS308: its readiness probe says no. */
export const readinessProbeFails: VmRule = {
  about: 'vm',
  code: 'VMS308',
  worst: 'error',
  needs: [],
  applies: waitsForProbe,
  find: (subject) => {
    const { vm, decision, service } = subject;
    if (decision.because !== 'ProbeFailing' && decision.because !== 'ProbeUnknown') return [];
    const condition = readyCondition(vm);
    const { name } = vm.metadata;
    const since = service.around.times.since(condition?.lastTransitionTime);
    const { what, fix } = whyItFails(vm, condition?.message ?? '');
    const { endpoints } = service.trace;
    const all = 'notReady' in endpoints && endpoints.ready === 0 && endpoints.notReady > 0;
    return [
      found('VMS308', noneReady(subject) ? 'error' : 'warning', 'certain', vm, `The readiness probe of ${name} fails: ${what}`, {
        evidence: [
          `Ready=${condition?.status ?? ''} ${condition?.reason ?? ''}${condition?.message ? `: ${condition.message}` : ', without a message'}${since === '' ? '' : `, ${since}`}`,
          ...(probeAction(vm).action === 'tcpSocket' ? ['checked from the Supervisor, not from where the clients are'] : []),
          ...(all
            ? [endpoints.notReady === 1 ? 'the one endpoint is not ready' : `all ${endpoints.notReady} endpoints are not ready`]
            : []),
        ],
        fix,
        follows: ['VMS505', 'VMS614'],
      }),
    ];
  },
};

function whyItFails(vm: VirtualMachine, message: string): { readonly what: string; readonly fix: readonly Fix[] } {
  const probe = probeAction(vm);
  if (message.includes('not powered on')) return { what: 'it is not powered on', fix: [] };
  if (/have an IP/.test(message)) return { what: 'it has no address', fix: [] };
  switch (probe.action) {
    case 'tcpSocket': {
      const { port } = probe;
      const listening = advice(`in the guest: ss -ltnp | grep ${port}   (does anything listen there, and not only on 127.0.0.1?)`);
      if (/refused/.test(message)) return { what: `connection refused on ${port}`, fix: [listening] };
      const firewall = advice(`let the Supervisor through the guest firewall on ${port}; security policies count, too`);
      if (/timeout|deadline|no route|unreachable/i.test(message)) return { what: `no answer on ${port}`, fix: [firewall, listening] };
      return { what: message === '' ? `port ${port} does not answer` : message, fix: [listening, firewall] };
    }
    case 'guestHeartbeat': {
      const tools = conditionOf(vm, 'VirtualMachineTools');
      const down = tools !== undefined && tools.status !== 'True' ? '; guest tools are not running' : '';
      return {
        what: `${message === '' ? `the heartbeat is below ${probe.threshold}` : message}${down}`,
        fix: [advice('start open-vm-tools in the guest')],
      };
    }
    case 'guestInfo': {
      const [key = ''] = probe.keys;
      return {
        what: message === '' ? `guestinfo.${key} does not have the wanted value` : message,
        fix: guestInfoLookup(`guestinfo.${key}`),
      };
    }
    case 'none':
    case 'empty':
      return {
        what: message === '' ? 'without a reason' : message,
        fix: [advice('this release counts a probe without an action: remove it or give it one')],
      };
  }
}

/** VMS309: it has a probe, and no verdict yet. */
export const readinessProbeNeverRan: VmRule = {
  about: 'vm',
  code: 'VMS309',
  worst: 'warning',
  needs: [],
  applies: waitsForProbe,
  find: ({ vm, decision, service }) => {
    if (decision.because !== 'ProbePending') return [];
    const { times } = service.around;
    const period = vm.spec?.readinessProbe?.periodSeconds ?? 10;
    const age = times.age(probingSince(vm)) ?? Number.POSITIVE_INFINITY;
    const waiting = age < 2 * period;
    const { ip4, ip6 } = primaryAddresses(vm);
    const { name } = vm.metadata;
    const message = waiting
      ? `Waiting for the first verdict of the readiness probe of ${name}`
      : `The readiness probe of ${name} has never run`;
    return [
      found('VMS309', waiting ? 'info' : 'warning', 'certain', vm, message, {
        evidence: [
          `there is a probe (${probeAction(vm).action}) and no condition Ready`,
          `${observedPower(vm) ?? 'power unknown'}, address ${ip4 ?? ip6 ?? '<none>'}`,
        ],
        why: 'until its first verdict a VM that was no ready endpoint before counts as not ready',
        fix: waiting ? [] : [advice('is it paused? does VM Operator run? it is VM Operator that asks the probe')],
        follows: ['VMS505', 'VMS614'],
      }),
    ];
  },
};

/** When there was last a reason to ask it for the first time: it was written, or the VM was powered on. */
function probingSince(vm: VirtualMachine): string | undefined {
  return newest([
    vm.metadata.creationTimestamp,
    conditionOf(vm, 'VirtualMachinePowerStateSynced')?.lastTransitionTime,
    ...writtenBy(vm, (part) => part.fields !== undefined && touches(part, 'f:spec')).map(({ time }) => time),
  ]);
}

/** VMS311: the probe asks another port than the clients. */
export const readinessProbePortDiffers: VmRule = {
  about: 'vm',
  code: 'VMS311',
  worst: 'info',
  needs: [],
  applies: ({ vm, service }) => service.cluster === undefined && probeAction(vm).action === 'tcpSocket',
  find: ({ vm, service }) => {
    const probe = probeAction(vm);
    const targets = (service.vmService.spec.ports ?? []).map(({ targetPort }) => targetPort);
    if (probe.action !== 'tcpSocket' || typeof probe.port !== 'number' || targets.length === 0 || targets.includes(probe.port)) return [];
    return [
      found(
        'VMS311',
        'info',
        'hint',
        vm,
        `The probe of ${vm.metadata.name} asks port ${probe.port}, the service sends to ${targets.join(', ')}`,
        {
          field: 'spec.readinessProbe.tcpSocket.port',
          evidence: [`probe port ${probe.port}; spec.ports[].targetPort ${targets.join(', ')}`],
        },
      ),
    ];
  },
};

/** VMS312: what a probe left behind that is no longer there. */
export const readyConditionLeftOver: VmRule = {
  about: 'vm',
  code: 'VMS312',
  worst: 'info',
  needs: [],
  applies: ({ vm }) => readyCondition(vm) !== undefined,
  find: ({ vm, service }) => {
    const condition = readyCondition(vm);
    if (condition === undefined || condition.status === 'True' || probeGates(vm, service.around.world.facts.traits)) return [];
    return [
      found(
        'VMS312',
        'info',
        'certain',
        vm,
        `Ready=${condition.status} of ${vm.metadata.name} is left over: it has no readiness probe, and counts as ready`,
        {
          evidence: [`no readiness probe with an action; condition Ready=${condition.status} ${condition.reason ?? ''}`.trimEnd()],
        },
      ),
    ];
  },
};

/** VMS313: nobody would notice if the process died. */
export const noReadinessProbe: ServiceRule = {
  about: 'service',
  code: 'VMS313',
  worst: 'info',
  needs: ['vms'],
  applies: ({ vmService, cluster }) => vmService.spec.type === 'LoadBalancer' && cluster === undefined,
  find: ({ vmService, decisions }) => {
    const without = decisions.filter(({ because }) => because === 'NoProbe').map(({ vm }) => vm.metadata.name);
    if (without.length === 0) return [];
    const who = without.length === 1 ? without[0] : `${without.length} VMs`;
    return [
      found('VMS313', 'info', 'certain', vmService, `${who} without a readiness probe count as ready whatever happens in the guest`, {
        evidence: [`without a probe: ${fewNames(without, 5)}`],
      }),
    ];
  },
};
