import { probeAction, type ReadinessProbe, readyCondition, type VirtualMachine } from '../../model/virtual-machine.ts';
import { probeGates } from '../endpoints.ts';
import { advice, type Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { networkProviderOf } from '../load-balancer.ts';
import { isClusterMachine } from '../workload-cluster.ts';
import { patchCommand } from './fixes.ts';
import { found } from './found.ts';
import { guestInfoLookup } from './guest-info.ts';
import { isNoRegularExpression } from './guest-regexp.ts';
import type { VmRule, VmSubject } from './rule.ts';

/** VMS310: a probe that can never say yes, or asks for something else than it seems. */
export const readinessProbeCannotWork: VmRule = {
  about: 'vm',
  code: 'VMS310',
  worst: 'error',
  needs: [],
  applies: ({ vm }) => (vm.spec?.readinessProbe ?? undefined) !== undefined,
  find: (subject) => {
    const { vm, decision } = subject;
    const probe = vm.spec?.readinessProbe;
    if (probe === undefined || probe === null) return [];
    const { name } = vm.metadata;
    const says = readyCondition(vm);
    const passes = says?.status === 'True';
    const ready =
      says === undefined ? 'no condition Ready' : `Ready=${says.status}${says.message ? `: ${says.message}` : ' with an empty message'}`;
    const never = passes ? undefined : whyNever(subject, probe);
    if (never !== undefined) {
      const { message, field, evidence, fix, severity = 'error' } = never;
      return [found('VMS310', severity, 'certain', vm, message, { field, evidence: [...evidence, ready], fix, follows: itself })];
    }
    return [...(passes ? [] : oddities(vm, probe)), ...anyValue(vm, probe)].map(({ text, field, evidence, fix }) =>
      found('VMS310', 'warning', 'certain', vm, `The probe of ${name} may not do what it says: ${text}`, {
        field,
        evidence: [...evidence, ready, ...(decision.outcome === 'notReady' ? ['it is not a ready endpoint'] : [])],
        fix,
      }),
    );
  },
};

/** What is so because the probe never says yes. */
const itself: readonly FindingCode[] = ['VMS308', 'VMS309', 'VMS505', 'VMS614'];

interface Never {
  readonly message: string;
  readonly field: string;
  readonly evidence: readonly string[];
  readonly fix: readonly Fix[];
  readonly severity?: 'error' | 'warning';
}

/** Why the probe can never pass; undefined where it may. */
function whyNever(subject: VmSubject, probe: ReadinessProbe): Never | undefined {
  const { vm, service } = subject;
  const { name } = vm.metadata;
  const probing = 'spec.readinessProbe';
  const { action } = probeAction(vm);
  const { guestInfo = [], tcpSocket } = probe;
  const prefixed = guestInfo.findIndex(({ key = '' }) => isPrefixed(key));
  const key = guestInfo[prefixed]?.key ?? '';
  if (action === 'guestInfo' && prefixed >= 0) {
    const right = guestInfo.map((entry) => ({ ...entry, key: isPrefixed(entry.key ?? '') ? withoutPrefix(entry.key ?? '') : entry.key }));
    return {
      message: `The probe of ${name} looks up guestinfo.${key}`,
      field: `${probing}.guestInfo[${prefixed}].key`,
      evidence: [`${probing}.guestInfo[${prefixed}].key: ${key}; the prefix is added by itself`],
      fix: [...patchProbe(vm, { guestInfo: right }, `the key without its prefix: ${withoutPrefix(key)}`), ...guestInfoLookup(key)],
    };
  }
  if (tcpSocket && typeof tcpSocket.port === 'string') {
    return {
      message: `The probe of ${name} asks for port ${JSON.stringify(tcpSocket.port)}: only a number works`,
      field: `${probing}.tcpSocket.port`,
      evidence: [`${probing}.tcpSocket.port: ${tcpSocket.port}`],
      fix: asNumber(subject, tcpSocket.port),
    };
  }
  if (tcpSocket && isOnVpc(subject)) {
    const heartbeat = { tcpSocket: null, guestHeartbeat: { thresholdStatus: 'green' } };
    return {
      message: `The probe of ${name} can never pass: a TCP probe cannot cross a VPC of NSX`,
      field: `${probing}.tcpSocket`,
      evidence: [`${probing}.tcpSocket.port: ${tcpSocket.port ?? '<none>'}; NetworkSettings default: provider vpc`],
      fix: [advice('let it ask the guest: guestInfo or guestHeartbeat'), ...patchProbe(vm, heartbeat, 'the heartbeat of the guest tools')],
      severity: 'warning',
    };
  }
  if (action === 'empty' && probeGates(vm, service.around.world.facts.traits)) {
    return {
      message: `The probe of ${name} has no action, and this release waits for its verdict`,
      field: probing,
      evidence: [`${probing}: ${JSON.stringify(probe)}`],
      fix: patchProbe(vm, null, 'takes it away; or give it an action'),
      severity: 'warning',
    };
  }
  return undefined;
}

const prefix = 'guestinfo.';

function isPrefixed(key: string): boolean {
  return key.startsWith(prefix);
}

function withoutPrefix(key: string): string {
  return key.slice(prefix.length);
}

function isOnVpc({ vm, service }: VmSubject): boolean {
  const source = service.around.world.providerSource(vm.metadata.namespace ?? '');
  return source.from === 'namespace' && source.networkSettings !== undefined && networkProviderOf(source.networkSettings) === 'vpc';
}

/** A port in quotes is the number in them; the name of a port of the service stands for what the service sends to. */
function asNumber({ vm, service }: VmSubject, port: string): readonly Fix[] {
  const named = service.vmService.spec.ports?.find(({ name }) => name === port)?.targetPort;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : named;
  if (number === undefined) return [advice('set the port as a number')];
  return patchProbe(
    vm,
    { tcpSocket: { port: number } },
    number === named ? `what ${service.vmService.metadata.name} sends to` : 'as a number',
  );
}

interface Oddity {
  readonly text: string;
  readonly field: string;
  readonly evidence: readonly string[];
  readonly fix: readonly Fix[];
}

/** What need not keep it from passing, and is worth a look while it does not. */
function oddities(vm: VirtualMachine, probe: ReadinessProbe): readonly Oddity[] {
  const probing = 'spec.readinessProbe';
  const actions = (['tcpSocket', 'guestHeartbeat', 'guestInfo'] as const).filter((action) =>
    action === 'guestInfo' ? (probe.guestInfo ?? []).length > 0 : probe[action],
  );
  const [, ...unasked] = actions;
  const { timeoutSeconds, periodSeconds = 10 } = probe;
  const evidence = [`${probing}: ${JSON.stringify(probe)}`];
  return [
    ...(unasked.length > 0
      ? [
          {
            text: `several actions are set (${actions.join(', ')}): only the first is asked`,
            field: probing,
            evidence,
            fix: patchProbe(vm, Object.fromEntries(unasked.map((action) => [action, null])), 'leaves the one that is asked'),
          },
        ]
      : []),
    ...(timeoutSeconds !== undefined && timeoutSeconds > periodSeconds
      ? [
          {
            text: `timeoutSeconds ${timeoutSeconds} is longer than periodSeconds ${periodSeconds}`,
            field: `${probing}.timeoutSeconds`,
            evidence,
            fix: patchProbe(vm, { timeoutSeconds: periodSeconds }),
          },
        ]
      : []),
  ];
}

/** A value that is no regular expression counts as fitting: then the VM is ready whatever the guest publishes under the key. */
function anyValue(vm: VirtualMachine, probe: ReadinessProbe): readonly Oddity[] {
  if (probeAction(vm).action !== 'guestInfo') return [];
  return (probe.guestInfo ?? []).flatMap(({ key = '', value = '' }, index) => {
    if (!isNoRegularExpression(value)) return [];
    const field = `spec.readinessProbe.guestInfo[${index}].value`;
    return [
      {
        text: `${JSON.stringify(value)} is no regular expression, and so any value of guestinfo.${key} will do`,
        field,
        evidence: [`${field}: ${value}`],
        fix: [
          advice(
            'write the value as a regular expression of Go (RE2): without look-around and back-references, and with \\ before ( [ * + ?',
          ),
        ],
      },
    ];
  });
}

/** Machines of a workload cluster have their probes from the cluster's controllers. */
function patchProbe(vm: VirtualMachine, readinessProbe: object | null, note?: string): readonly Fix[] {
  if (isClusterMachine(vm)) return [advice("the cluster's own controllers write the probes of its machines")];
  return patchCommand('vm', vm, { spec: { readinessProbe } }, note);
}
