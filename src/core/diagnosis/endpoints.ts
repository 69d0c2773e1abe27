import { jsonOf, type KubeObject } from '../../model/object.ts';
import { textAt } from '../../model/raw-fields.ts';
import type { EndpointAddress, EndpointSlice, Endpoints } from '../../model/service.ts';
import { primaryAddresses } from '../../model/virtual-machine.ts';
import { fewNames } from '../few-names.ts';
import type { Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { contains, parseCidr, parseIp } from '../ip-address.ts';
import { selectorText } from '../selector.ts';
import { isMadeOfPods, isMirrored, sliceManagerOf } from '../slice-manager.ts';
import { isSeen, itemsOf } from '../snapshot.ts';
import type { ServiceTrace } from '../trace.ts';
import type { Member, StaleBecause } from '../trace-members.ts';
import { newest, touches, writtenBy } from './changes.ts';
import { advice, commandOn, labelCommand, nudgeCommand } from './fixes.ts';
import { childOf, found } from './found.ts';
import { lastApplied } from './last-applied.ts';
import { hasEndpoints, hasService } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import type { Around, ServiceSubject } from './subject.ts';

/** There is a Service that the controller may write, and it computes its Endpoints. */
function isKept({ trace, leftAlone }: ServiceSubject): boolean {
  const { state } = trace.service;
  return !leftAlone && state !== 'Missing' && state !== 'Refused';
}

function storedEndpoints({ vmService, around: { world } }: ServiceSubject): Endpoints | undefined {
  const lookup = world.endpoints(vmService);
  return 'found' in lookup ? lookup.found : undefined;
}

/** VMS501: VMs qualify, and the Endpoints do not have them. */
export const endpointsMissing: ServiceRule = {
  about: 'service',
  code: 'VMS501',
  worst: 'error',
  needs: ['vms', 'services', 'endpoints'],
  applies: isKept,
  find: (subject) => {
    const { vmService, trace } = subject;
    const eligible = itemsOf(trace.members).filter((member) => member.kind === 'decided' && member.decision.outcome !== 'out');
    // One that is there with an old address is a matter of its own.
    const moved = new Set(staleMembers(trace.members, ['AddressChanged']).map(({ name }) => name));
    const names = missingNames(trace.members).filter((name) => !moved.has(name));
    if (names.length === 0 || !subject.isSettled()) return [];
    const all = names.length === eligible.length;
    const what =
      trace.endpoints.state === 'Missing'
        ? 'There are no Endpoints'
        : all
          ? 'The Endpoints have no VM'
          : `The Endpoints lack ${fewNames(names, 3)}`;
    const qualify = eligible.length === 1 ? '1 VM qualifies' : `${eligible.length} VMs qualify`;
    return [
      found('VMS501', all ? 'error' : 'warning', 'certain', childOf(vmService, 'Endpoints'), `${what}, though ${qualify}`, {
        evidence: [`computed: ${eligible.length} endpoints; of these not stored: ${fewNames(names, 8)}`],
        why: 'the controller writes them within seconds of a change: it fails behind the step for the Service, or does not run',
        fix: [...nudgeCommand(vmService), advice('no answer to that: platform owner, is VM Operator running?')],
        follows: all ? ['VMS505', 'VMS506', 'VMS614', ...foldedStale(trace.members)] : [],
      }),
    ];
  },
};

/** The VMs that should be in the Endpoints and are not. */
function missingNames(members: ServiceTrace['members']): readonly string[] {
  return itemsOf(members).flatMap((member) =>
    member.kind === 'decided' && member.decision.outcome !== 'out' && (member.stored === 'Missing' || member.stored === 'NoEndpoints')
      ? [member.decision.vm.metadata.name]
      : [],
  );
}

/** Where all that is out of date are VMs that were made anew under their names, it is one thing with their not being there. */
function foldedStale(members: ServiceTrace['members']): readonly FindingCode[] {
  const missing = missingNames(members);
  const stale = itemsOf(members).flatMap((member) => (member.kind === 'stale' && member.because !== 'NoLongerSelected' ? [member] : []));
  return stale.every(({ name, because }) => because === 'VirtualMachineGone' && missing.includes(name)) ? ['VMS503'] : [];
}

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
          follows: anew && missing.every((name) => name === member.name) ? ['VMS501'] : [],
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
          },
        ),
      ];
    });
    return [...gone, ...otherwise];
  },
};

type StaleMember = Extract<Member, { kind: 'stale' }>;

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

function staleMembers(members: ServiceSubject['trace']['members'], because: readonly StaleBecause[]): readonly StaleMember[] {
  return itemsOf(members).flatMap((member) => (member.kind === 'stale' && because.includes(member.because) ? [member] : []));
}

/** VMS504: without a selector they stay as they were. */
export const endpointsFrozen: ServiceRule = {
  about: 'service',
  code: 'VMS504',
  worst: 'warning',
  needs: ['endpoints'],
  applies: ({ leftAlone, vmService }) => leftAlone && vmService.spec.type !== 'ExternalName',
  find: (subject) => {
    const stored = storedEndpoints(subject);
    const vms = addressesOf(stored).flatMap(({ targetRef }) => (targetRef?.kind === 'VirtualMachine' ? [targetRef.name ?? ''] : []));
    if (vms.length === 0) return [];
    return [
      found(
        'VMS504',
        'warning',
        'certain',
        childOf(subject.vmService, 'Endpoints'),
        'The Endpoints are frozen: the selector was taken away',
        {
          evidence: ['spec.selector is empty', `Endpoints list VMs: ${fewNames([...new Set(vms)], 5)}`],
          why: 'without a selector the controller leaves them as they were: new VMs do not come in, old ones do not go',
          fix: [advice('give the selector back, or keep the Endpoints by hand from now on')],
        },
      ),
    ];
  },
};

function addressesOf(stored: Endpoints | undefined): readonly EndpointAddress[] {
  return (stored?.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }) => [...addresses, ...notReadyAddresses]);
}

/** VMS505: there are endpoints, and none is ready. */
export const noReadyEndpoints: ServiceRule = {
  about: 'service',
  code: 'VMS505',
  worst: 'error',
  needs: ['endpoints'],
  applies: (subject) => subject.vmService.spec.type !== 'ExternalName' && hasEndpoints(subject),
  find: ({ vmService, trace }) => {
    if (!('ready' in trace.endpoints)) return [];
    const { ready, notReady } = trace.endpoints;
    if (ready > 0 || notReady === 0) return [];
    const message = notReady === 1 ? 'The one endpoint is not ready' : `None of ${notReady} endpoints is ready`;
    return [
      found('VMS505', 'error', 'certain', childOf(vmService, 'Endpoints'), message, {
        evidence: [`Endpoints ${vmService.metadata.name}: no addresses, ${notReady} notReadyAddresses`],
        follows: ['VMS614'],
      }),
    ];
  },
};

const skipMirror = 'endpointslice.kubernetes.io/skip-mirror';
const leaderElection = 'control-plane.alpha.kubernetes.io/leader';

function slicesOf({ trace }: ServiceSubject): readonly EndpointSlice[] {
  return itemsOf(trace.slices).map(({ slice }) => slice);
}

/** The mirroring controller needs a moment. Seconds. */
function isFresh(stored: Endpoints, { around: { times } }: ServiceSubject): boolean {
  const written = newest([stored.metadata.creationTimestamp, ...writtenBy(stored, () => true).map(({ time }) => time)]);
  return (times.age(written) ?? Number.POSITIVE_INFINITY) < 60;
}

/** VMS506: nobody made slices of the Endpoints. */
export const endpointsNotMirrored: ServiceRule = {
  about: 'service',
  code: 'VMS506',
  worst: 'error',
  needs: ['endpoints'],
  applies: (subject) => subject.vmService.spec.type !== 'ExternalName' && addressesOf(storedEndpoints(subject)).length > 0,
  // A label that forbids it is proof enough.
  mayHideIn: (subject) => (isForbidden(storedEndpoints(subject)) ? [] : ['slices']),
  find: (subject) => {
    const { vmService, around, trace } = subject;
    const stored = storedEndpoints(subject);
    const labelled = labelledAgainst(subject);
    if (!isSeen(trace.slices) && !isForbidden(stored)) return [];
    if (stored === undefined || isFresh(stored, subject)) return [];
    if (slicesOf(subject).some(({ endpoints = [] }) => endpoints.length > 0)) return mirroredInPart(stored, subject);
    const count = addressesOf(stored).length;
    const { name } = vmService.metadata;
    const lookup = around.world.service(vmService);
    const service = 'found' in lookup ? lookup.found : undefined;
    const leader = stored.metadata.annotations?.[leaderElection] !== undefined;
    const why = 'clients of slices (kube-proxy, AVI) see no backend; NSX with NCP reads Endpoints and still works';
    const slices = isSeen(trace.slices) ? ', 0 slices' : '';
    const counted = `${count === 1 ? '1 address' : `${count} addresses`} in Endpoints${slices}`;
    if (labelled.length > 0) {
      return [
        found('VMS506', 'error', 'certain', stored, `Endpoints ${name} are not mirrored to EndpointSlices: label skip-mirror=true`, {
          field: `metadata.labels[${skipMirror}]`,
          evidence: [`label on ${labelled.map(({ kind }) => kind).join(', ')}; ${counted}`],
          why,
          fix: [
            ...(labelled.includes(vmService) ? labelCommand('vmservice', vmService, `${skipMirror}-`) : []),
            ...(service !== undefined ? labelCommand('svc', service, `${skipMirror}-`) : []),
          ],
          notes: ['it is not taken off the Service by itself'],
        }),
      ];
    }
    return [
      found('VMS506', 'error', 'likely', stored, `Endpoints ${name} are not mirrored to EndpointSlices`, {
        evidence: [
          counted,
          ...(leader ? [`annotation ${leaderElection} switches mirroring off`] : []),
          ...saidOf(stored, around).map((text) => `event: ${text}`),
        ],
        why,
        fix: nudgeCommand(vmService),
      }),
    ];
  },
};

/** The mirroring controller came to some of the addresses; those beyond what it takes are VMS507. */
function mirroredInPart(stored: Endpoints, { vmService, trace, around }: ServiceSubject): readonly Finding[] {
  const { unmirrored } = trace;
  if (unmirrored.length === 0 || mostAddresses(stored) > mirroredAtMost || itemsOf(trace.slices).every(({ slice }) => !isMirrored(slice)))
    return [];
  const { name } = stored.metadata;
  return [
    found('VMS506', 'warning', 'likely', stored, `Endpoints ${name} are mirrored only in part: no slice has ${fewNames(unmirrored, 3)}`, {
      evidence: [
        `Endpoints ${name}: ${addressesOf(stored).length} addresses, of which no slice has ${fewNames(unmirrored, 8)}`,
        ...saidOf(stored, around).map((text) => `event: ${text}`),
      ],
      why: 'clients of slices (kube-proxy, AVI) do not reach those; the controller of Kubernetes that mirrors Endpoints needs seconds',
      fix: nudgeCommand(vmService),
    }),
  ];
}

/** What Kubernetes last said of the Endpoints. */
function saidOf(stored: Endpoints, { world }: Around): readonly string[] {
  const said = world.events(stored).map((event) => textAt(jsonOf(event), 'message') || textAt(jsonOf(event), 'note'));
  return said.filter((text) => text !== '').slice(-2);
}

/** The objects whose label forbids mirroring, or will when the controller has copied it. */
function labelledAgainst(subject: ServiceSubject): readonly KubeObject[] {
  const { vmService, around } = subject;
  const service = around.world.service(vmService);
  return [vmService, 'found' in service ? service.found : undefined, storedEndpoints(subject)].filter(isForbidden);
}

function isForbidden(object: KubeObject | undefined): object is KubeObject {
  return object?.metadata.labels?.[skipMirror] === 'true';
}

/** VMS507: more than slices are made of. */
export const tooManyAddresses: ServiceRule = {
  about: 'service',
  code: 'VMS507',
  worst: 'warning',
  needs: ['endpoints'],
  applies: hasEndpoints,
  find: (subject) => {
    const stored = storedEndpoints(subject);
    const most = mostAddresses(stored);
    const truncated = stored?.metadata.annotations?.['endpoints.kubernetes.io/over-capacity'];
    if (stored === undefined || (most <= mirroredAtMost && truncated === undefined)) return [];
    return [
      found(
        'VMS507',
        'warning',
        'certain',
        stored,
        `Endpoints ${stored.metadata.name} have ${most} addresses: only ${mirroredAtMost} of them are mirrored`,
        {
          field: 'subsets',
          evidence: [
            `subsets: ${most} addresses`,
            ...(truncated === undefined ? [] : [`annotation endpoints.kubernetes.io/over-capacity: ${truncated}`]),
          ],
          fix: [advice('split the service into several')],
        },
      ),
    ];
  },
};

/** Of one subset. */
const mirroredAtMost = 1000;

function mostAddresses(stored: Endpoints | undefined): number {
  const counts = (stored?.subsets ?? []).map(({ addresses = [], notReadyAddresses = [] }) => addresses.length + notReadyAddresses.length);
  return Math.max(0, ...counts);
}

/** VMS508: slices that are not made of the Endpoints. */
export const endpointSlicesLeftOver: ServiceRule = {
  about: 'service',
  code: 'VMS508',
  worst: 'error',
  needs: ['endpoints', 'slices', 'services'],
  applies: hasEndpoints,
  find: (subject) => {
    const { vmService, trace, around } = subject;
    const stored = storedEndpoints(subject);
    if (stored === undefined || addressesOf(stored).length === 0 || isFresh(stored, subject)) return [];
    const lookup = around.world.service(vmService);
    const selected = 'found' in lookup && Object.keys(lookup.found.spec.selector ?? {}).length > 0;
    const known = new Set(addressesOf(stored).map(({ ip }) => ip));
    return slicesOf(subject).flatMap((slice) => {
      const manager = sliceManagerOf(slice);
      const extra = (slice.endpoints ?? []).flatMap(({ addresses }) => addresses).filter((ip) => !known.has(ip));
      const foreign = !isMirrored(slice);
      if (extra.length === 0 || (isMadeOfPods(slice) && selected) || trace.endpoints.state === 'Unknown') return [];
      return [
        found(
          'VMS508',
          'error',
          'likely',
          slice,
          `EndpointSlice ${slice.metadata.name} sends traffic to ${fewNames(extra, 3)}, which the Endpoints do not have`,
          {
            field: 'endpoints',
            evidence: [
              `managed by ${manager || 'nobody'}${foreign ? ', not made of the Endpoints' : ''}`,
              `not in Endpoints: ${fewNames(extra, 8)}`,
            ],
            fix: foreign
              ? commandOn(
                  slice,
                  ['kubectl', 'delete', 'endpointslice', slice.metadata.name],
                  'when whoever made it agrees; edit roles lack the right',
                )
              : nudgeCommand(vmService),
          },
        ),
      ];
    });
  },
};

/** VMS509: the ports of the Endpoints are not those of the Service. */
export const endpointPortDiffers: ServiceRule = {
  about: 'service',
  code: 'VMS509',
  worst: 'error',
  needs: ['endpoints', 'services'],
  applies: (subject) => subject.vmService.spec.type !== 'ExternalName' && hasService(subject) && hasEndpoints(subject),
  find: (subject) => {
    const { trace, vmService } = subject;
    const stored = storedEndpoints(subject);
    if (stored === undefined || !('service' in trace.service) || addressesOf(stored).length === 0 || !subject.isSettled()) return [];
    const { spec } = trace.service.service;
    const ports = spec.ports ?? [];
    const lacking = ports.filter((port) => {
      const target = typeof port.targetPort === 'number' ? port.targetPort : port.port;
      return !(stored.subsets ?? []).some((subset) =>
        (subset.ports ?? []).some(
          (own) =>
            (own.name ?? '') === (port.name ?? '') &&
            (own.protocol ?? 'TCP') === (port.protocol ?? 'TCP') &&
            (subject.leftAlone || own.port === target),
        ),
      );
    });
    if (lacking.length === 0) return [];
    const names = lacking.map(({ name, port }) => name || String(port));
    return [
      found('VMS509', 'error', 'certain', stored, `The Endpoints do not have the Service's port ${names.join(', ')}`, {
        field: 'subsets[0].ports',
        evidence: [
          `Service spec.ports: ${ports.map(({ name, port, targetPort }) => `${name ?? ''} ${port} -> ${targetPort ?? port}`.trim()).join(', ')}`,
          `Endpoints ports: ${(stored.subsets ?? []).flatMap((subset) => (subset.ports ?? []).map(({ name, port }) => `${name ?? ''} ${port}`.trim())).join(', ') || '<none>'}`,
        ],
        why: 'ports are found by their names: where no endpoint port has the name, there is no backend',
        fix: subject.leftAlone ? [advice('give the ports of the Endpoints the same names')] : nudgeCommand(vmService),
      }),
    ];
  },
};

/** VMS510: old Kubernetes mirrors what is not ready as ready. */
export const notReadyMirroredAsReady: ServiceRule = {
  about: 'service',
  code: 'VMS510',
  worst: 'warning',
  needs: ['endpoints', 'slices'],
  applies: hasEndpoints,
  find: (subject) => {
    const stored = storedEndpoints(subject);
    if (stored === undefined || isFresh(stored, subject)) return [];
    const ready = new Set((stored.subsets ?? []).flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)));
    const notReady = new Set((stored.subsets ?? []).flatMap(({ notReadyAddresses = [] }) => notReadyAddresses.map(({ ip }) => ip)));
    const wrong = slicesOf(subject)
      .filter(isMirrored)
      .flatMap(({ endpoints = [] }) =>
        endpoints.filter(({ conditions }) => conditions?.ready === true).flatMap(({ addresses }) => addresses),
      )
      .filter((ip) => notReady.has(ip) && !ready.has(ip));
    if (wrong.length === 0) return [];
    return [
      found('VMS510', 'warning', 'certain', stored, `Endpoints that are not ready are mirrored as ready: ${fewNames(wrong, 3)}`, {
        evidence: [`notReadyAddresses: ${fewNames(wrong, 8)}; conditions.ready: true in its slices`],
        why: 'Kubernetes 1.19 to 1.21.1 mirrors them so',
        fix: [advice('upgrade the Supervisor')],
      }),
    ];
  },
};

/** VMS511: what newer servers warn of. */
export const endpointsDeprecated: ServiceRule = {
  about: 'service',
  code: 'VMS511',
  worst: 'info',
  needs: ['endpoints'],
  applies: hasEndpoints,
  find: (subject) => {
    const stored = storedEndpoints(subject);
    if (stored === undefined) return [];
    return [
      found('VMS511', 'info', 'certain', stored, 'Servers from Kubernetes 1.33 on warn that Endpoints are deprecated: this does no harm', {
        evidence: ['VM Operator writes Endpoints, and Kubernetes mirrors them to slices'],
      }),
    ];
  },
};

/** VMS512: somebody edits what the controller writes. */
export const handEditReverted: ServiceRule = {
  about: 'service',
  code: 'VMS512',
  worst: 'warning',
  needs: ['services', 'endpoints'],
  applies: isKept,
  find: (subject) => {
    const { trace, vmService } = subject;
    const service = 'service' in trace.service ? trace.service.service : undefined;
    return [service, storedEndpoints(subject)].flatMap((child) => {
      if (child === undefined || !(child.metadata.ownerReferences ?? []).some(({ kind }) => kind === 'VirtualMachineService')) return [];
      // The annotation of the VirtualMachineService itself is copied to its children, and says nothing about them.
      // What was done before there was one is nobody's mistake: it adopted what it found.
      const since = Date.parse(vmService.metadata.creationTimestamp ?? '') || 0;
      const applied = lastApplied(child)?.['kind'] === child.kind && !(Date.parse(child.metadata.creationTimestamp ?? '') < since);
      const part = child.kind === 'Service' ? 'f:spec' : 'f:subsets';
      const edits = writtenBy(
        child,
        (entry) =>
          entry.fields !== undefined &&
          touches(entry, part) &&
          /^kubectl(?!-vmsvc)/.test(entry.manager) &&
          !(Date.parse(entry.time) < since),
      );
      const [edit] = edits;
      if (!applied && edit === undefined) return [];
      return [
        found(
          'VMS512',
          'warning',
          'likely',
          child,
          `${child.kind} ${child.metadata.name} is edited by hand, and the controller writes it back`,
          {
            evidence: [
              ...(applied ? ['it has the annotation of kubectl apply for itself'] : []),
              ...edits.map(({ manager, time }) => `${manager} wrote ${part.slice(2)} ${subject.around.times.ago(time)}`),
            ],
            fix: [advice(`change VirtualMachineService ${vmService.metadata.name}, or the VMs, instead`)],
          },
        ),
      ];
    });
  },
};

const forbiddenRanges = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/24', '::1/128', 'fe80::/10'].flatMap((text) => parseCidr(text) ?? []);

/** VMS513: an address that somebody wrote by hand and that leads nowhere. */
export const endpointAddressInvalid: ServiceRule = {
  about: 'service',
  code: 'VMS513',
  worst: 'error',
  needs: ['endpoints'],
  applies: hasEndpoints,
  find: (subject) => {
    const { vmService, around, trace } = subject;
    const stored = storedEndpoints(subject);
    if (stored === undefined) return [];
    const own = trace.vip.state === 'Assigned' ? trace.vip.addresses : [];
    const services = itemsOf(around.world.snapshot.services);
    const byHand = addressesOf(stored).filter(({ targetRef }) => targetRef?.kind !== 'VirtualMachine');
    return byHand.flatMap(({ ip }) => {
      const parsed = parseIp(ip);
      const clusterIp = services.find(({ spec }) => spec.clusterIP === ip || (spec.clusterIPs ?? []).includes(ip));
      const problem = own.includes(ip)
        ? 'is the address of the service itself: a loop'
        : clusterIp !== undefined
          ? `is the cluster IP of Service ${clusterIp.metadata.namespace ?? ''}/${clusterIp.metadata.name}, which does not work as an endpoint`
          : parsed !== undefined && forbiddenRanges.some((range) => contains(range, parsed))
            ? 'is loopback, link-local or multicast'
            : undefined;
      if (problem === undefined) return [];
      return [
        found('VMS513', 'error', 'certain', stored, `Endpoint ${ip} ${problem}`, {
          field: 'subsets[].addresses[].ip',
          evidence: [`Endpoints ${vmService.metadata.name}: ${ip}, without a VM`],
          fix: [advice('use the address of a VM, or of a load balancer of another service')],
        }),
      ];
    });
  },
};
