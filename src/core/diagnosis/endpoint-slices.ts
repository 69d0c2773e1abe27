import { jsonOf, type KubeObject } from '../../model/object.ts';
import { textAt } from '../../model/raw-fields.ts';
import { type EndpointSlice, type Endpoints, endpointAddresses } from '../../model/service.ts';
import { fewNames } from '../few-names.ts';
import { advice, type Finding } from '../finding.ts';
import { mirrorCapacity } from '../mirror-capacity.ts';
import { isMadeOfPods, isMirrored, sliceManagerOf } from '../slice-manager.ts';
import { isSeen, itemsOf } from '../snapshot.ts';
import { newest, writtenBy } from './changes.ts';
import { commandOn, labelCommand, nudgeCommand } from './fixes.ts';
import { found } from './found.ts';
import { hasEndpoints } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import { storedEndpoints } from './stored-endpoints.ts';
import type { Around, ServiceSubject } from './subject.ts';

export const skipMirror = 'endpointslice.kubernetes.io/skip-mirror';

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
  applies: (subject) => subject.vmService.spec.type !== 'ExternalName' && endpointAddresses(storedEndpoints(subject)).length > 0,
  // A label that forbids it is proof enough.
  mayHideIn: (subject) => (isForbidden(storedEndpoints(subject)) ? [] : ['slices']),
  find: (subject) => {
    const { vmService, around, trace } = subject;
    const stored = storedEndpoints(subject);
    const labelled = labelledAgainst(subject);
    if (!isSeen(trace.slices) && !isForbidden(stored)) return [];
    if (stored === undefined || isFresh(stored, subject)) return [];
    if (slicesOf(subject).some(({ endpoints = [] }) => endpoints.length > 0)) return mirroredInPart(stored, subject);
    const count = endpointAddresses(stored).length;
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
  const { missing } = trace.unmirrored;
  if (missing.length === 0 || itemsOf(trace.slices).every(({ slice }) => !isMirrored(slice))) return [];
  const { name } = stored.metadata;
  return [
    found('VMS506', 'warning', 'likely', stored, `Endpoints ${name} are mirrored only in part: no slice has ${fewNames(missing, 3)}`, {
      evidence: [
        `Endpoints ${name}: ${endpointAddresses(stored).length} addresses, of which no slice has ${fewNames(missing, 8)}`,
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
    if (stored === undefined || (most <= mirrorCapacity && truncated === undefined)) return [];
    return [
      found(
        'VMS507',
        'warning',
        'certain',
        stored,
        `Endpoints ${stored.metadata.name} have ${most} addresses: only ${mirrorCapacity} of them are mirrored`,
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
    if (stored === undefined || endpointAddresses(stored).length === 0 || isFresh(stored, subject)) return [];
    const lookup = around.world.service(vmService);
    const selected = 'found' in lookup && Object.keys(lookup.found.spec.selector ?? {}).length > 0;
    const known = new Set(endpointAddresses(stored).map(({ ip }) => ip));
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
        why: 'Kubernetes 1.19 to 1.21.1 mirrors them so; later ones only until their mirroring catches up',
        fix: [advice('upgrade a Supervisor with one of those; on a later one look again, and ask the platform owner if it stays')],
      }),
    ];
  },
};
