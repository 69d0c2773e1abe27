import { ingressAddresses, type Service } from '../../model/service.ts';
import { primaryAddresses } from '../../model/virtual-machine.ts';
import { advice, type Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { parseIp } from '../ip-address.ts';
import { isEmptySelector } from '../selector.ts';
import { itemsOf } from '../snapshot.ts';
import { commandOn } from './fixes.ts';
import { found } from './found.ts';
import { kubectlAt, repointMirror } from './mirror-fixes.ts';
import { type Mirror, mirrorName, mirrorSourceUidAnnotation, mirrorsIn } from './mirror-place.ts';
import type { NamespaceRule, ServiceRule } from './rule.ts';
import type { NamespaceSubject, ServiceSubject } from './subject.ts';

/** A rule about the copies of one service; without a place where copies may be, its question does not come up. */
function mirrorRule(
  code: FindingCode,
  worst: ServiceRule['worst'],
  find: (subject: ServiceSubject, mirrors: readonly Mirror[]) => ReturnType<ServiceRule['find']>,
): ServiceRule {
  return {
    about: 'service',
    code,
    worst,
    needs: ['services'],
    applies: ({ around }) => around.mirrors.length > 0,
    find: (subject) => find(subject, mirrorsOf(subject)),
  };
}

/** VMS801: the Endpoints of a copy are there, its Service is not. */
export const mirrorMissing = mirrorRule('VMS801', 'error', (subject, mirrors) =>
  mirrors
    .filter(({ service, source, place }) => service === undefined && source !== undefined && 'items' in place.services)
    .map((mirror) =>
      found('VMS801', 'error', 'certain', mirror.endpoints, `Mirror ${mirrorName(mirror)} has no Service`, {
        evidence: [`Endpoints ${mirrorName(mirror)} name ${mirror.source ?? ''} as their source; there is no Service of that name`],
        fix: repoint(subject, mirror),
      }),
    ),
);

/** VMS802: the copy still points at an address that the service had. */
export const mirrorStale = mirrorRule('VMS802', 'error', (subject, mirrors) => {
  const has = ownAddresses(subject);
  const { around, vmService } = subject;
  if (has.length === 0) return [];
  return mirrors
    .filter(({ source, addresses }) => source !== undefined && addresses.length > 0 && !addresses.every((address) => has.includes(address)))
    .filter((mirror) => !mirror.addresses.some((address) => isClusterIp(subject, address) || isVmAddress(subject, address)))
    .map((mirror) => {
      const uid = mirror.endpoints.metadata.annotations?.[mirrorSourceUidAnnotation];
      const remade = uid !== undefined && uid !== vmService.metadata.uid;
      const since = remade ? ` since it was made anew ${around.times.ago(vmService.metadata.creationTimestamp ?? '')}` : '';
      const taken = mirror.addresses.flatMap((address) =>
        itemsOf(around.world.snapshot.services)
          .filter((service) => ingressAddresses(service).includes(address) && service.metadata.name !== vmService.metadata.name)
          .map(
            ({ metadata }) => `${address} now belongs to ${metadata.namespace ?? ''}/${metadata.name}: traffic may reach the wrong service`,
          ),
      );
      return found(
        'VMS802',
        'error',
        'certain',
        mirror.endpoints,
        `Mirror ${mirrorName(mirror)} still uses ${mirror.addresses.join(', ')}; ${vmService.metadata.name} has ${has.join(', ')}${since}`,
        {
          evidence: [
            `Endpoints ${mirrorName(mirror)}: ${mirror.addresses.join(', ')}; Service ${vmService.metadata.name}: ${has.join(', ')}`,
          ],
          ...(taken.length > 0 && { notes: taken }),
          fix: repoint(subject, mirror),
        },
      );
    });
});

/** VMS803: the copy uses a port that the service does not have. */
export const mirrorPortMismatch = mirrorRule('VMS803', 'error', (subject, mirrors) => {
  const ports = (subject.vmService.spec.ports ?? []).map(({ port }) => port);
  return mirrors.flatMap((mirror) => {
    const wrong = mirror.ports.filter((port) => !ports.includes(port));
    const names = (mirror.endpoints.subsets ?? []).flatMap((subset) => (subset.ports ?? []).map(({ name = '' }) => name));
    const unnamed = (mirror.service?.spec.ports ?? [])
      .map(({ name = '' }) => name)
      .filter((name) => names.length > 0 && !names.includes(name));
    if (wrong.length === 0 && unnamed.length === 0) return [];
    return [
      found(
        'VMS803',
        'error',
        'certain',
        mirror.endpoints,
        wrong.length > 0
          ? `Mirror ${mirrorName(mirror)} uses port ${wrong.join(', ')}, which ${subject.vmService.metadata.name} does not have`
          : `Mirror ${mirrorName(mirror)}: Service and Endpoints name their ports differently`,
        {
          evidence: [
            `ports of the mirror ${mirror.ports.join(', ')}; of the service ${ports.join(', ')}`,
            ...(unnamed.length > 0
              ? [`names on the Service ${unnamed.join(', ') || '<unset>'}; on the Endpoints ${names.join(', ') || '<unset>'}`]
              : []),
          ],
          why: 'a mirror goes to the port of the service, not to the target port of the VMs',
          fix: repoint(subject, mirror),
        },
      ),
    ];
  });
});

/** VMS804: the copy points past the load balancer. */
export const mirrorTargetWrong = mirrorRule('VMS804', 'error', (subject, mirrors) => {
  const { vmService } = subject;
  return mirrors.flatMap((mirror) =>
    mirror.addresses.flatMap((address) => {
      const at = `${address}:${mirror.ports.join(',')}`;
      if (isClusterIp(subject, address)) {
        return [
          found(
            'VMS804',
            'error',
            'certain',
            mirror.endpoints,
            `Mirror ${mirrorName(mirror)} points at a ClusterIP of the Supervisor (${address})`,
            {
              evidence: [`Endpoints ${mirrorName(mirror)} -> ${at}; Service ${vmService.metadata.name} spec.clusterIP ${address}`],
              why: 'a ClusterIP is only valid inside the Supervisor; pods elsewhere have no route to it',
              fix: vmService.spec.type === 'LoadBalancer' ? repoint(subject, mirror) : besideIt(subject, mirror),
              follows: ['VMS708', 'VMS802'],
            },
          ),
        ];
      }
      if (!isVmAddress(subject, address)) return [];
      return [
        found(
          'VMS804',
          'warning',
          'certain',
          mirror.endpoints,
          `Mirror ${mirrorName(mirror)} points at the address of a VM (${address}), past the load balancer`,
          {
            evidence: [`Endpoints ${mirrorName(mirror)} -> ${at}`],
            why: 'it breaks when the VM gets another address, and knows nothing of the others',
            fix: repoint(subject, mirror),
            follows: ['VMS802'],
          },
        ),
      ];
    }),
  );
});

/** VMS805: somebody else writes the Endpoints of the copy. */
export const mirrorHasSelector = mirrorRule('VMS805', 'error', (_, mirrors) =>
  mirrors
    .filter(
      ({ service, endpoints }) =>
        !isEmptySelector(service?.spec.selector) ||
        endpoints.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller',
    )
    .map((mirror) =>
      found(
        'VMS805',
        'error',
        'certain',
        mirror.service ?? mirror.endpoints,
        `The Service of mirror ${mirrorName(mirror)} has a selector: Kubernetes replaces its Endpoints`,
        {
          field: 'spec.selector',
          evidence: [`spec.selector ${JSON.stringify(mirror.service?.spec.selector ?? {})}`],
          fix: inPlace(mirror, ['patch', 'svc', mirror.endpoints.metadata.name, '--type', 'merge', '-p', '{"spec":{"selector":null}}']),
        },
      ),
    ),
);

/** VMS806: the copy cannot be mended with the rights there. */
export const mirrorNotPermitted = mirrorRule('VMS806', 'error', (subject, mirrors) => {
  const broken = mirrors.filter(
    ({ place, addresses }) => place.mayWrite === false && !addresses.every((address) => ownAddresses(subject).includes(address)),
  );
  const [first] = broken;
  if (first === undefined) return [];
  return [
    found(
      'VMS806',
      'error',
      'certain',
      first.endpoints,
      `You may not write Endpoints in ${first.place.context ?? first.endpoints.metadata.namespace ?? ''}`,
      {
        evidence: ['access review: create endpoints is denied'],
        fix: [advice('ask for create and patch on endpoints there')],
      },
    ),
  ];
});

/** VMS807: what a copy is made of does not exist any more. */
export const mirrorSourceGone: NamespaceRule = {
  about: 'namespace',
  code: 'VMS807',
  worst: 'error',
  needs: ['vmServices'],
  applies: ({ around }) => around.mirrors.length > 0,
  find: ({ namespace, around }: NamespaceSubject) => {
    const names = new Set(itemsOf(around.world.snapshot.vmServices).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
    return around.mirrors
      .flatMap(mirrorsIn)
      .filter(({ source = '' }) => source.startsWith(`${namespace}/`) && !names.has(source))
      .map((mirror) =>
        found(
          'VMS807',
          'error',
          'certain',
          mirror.endpoints,
          `The source of mirror ${mirrorName(mirror)} is gone: ${mirror.source ?? ''}`,
          {
            evidence: [`there is no VirtualMachineService ${mirror.source ?? ''}`],
            fix: [advice('delete the mirror, or point it at another service')],
          },
        ),
      );
  },
};

/** VMS808: a copy of a copy, or of itself. */
export const mirrorChain = mirrorRule('VMS808', 'error', (subject, mirrors) =>
  mirrors.flatMap((mirror) => {
    const next = mirrorsIn(mirror.place)
      .flatMap(({ service }) => service ?? [])
      .find((service) => isEmptySelector(service.spec.selector) && frontOf(service).some((address) => mirror.addresses.includes(address)));
    const families = mirror.service?.spec.ipFamilies ?? [];
    const foreign = mirror.addresses.filter((address) => families.length > 0 && !families.includes(parseIp(address)?.family ?? ''));
    if (next === undefined && foreign.length === 0) return [];
    const loop = next !== undefined && next === mirror.service;
    const message =
      next === undefined
        ? `Mirror ${mirrorName(mirror)} takes ${families.join(', ')} only, and points at ${foreign.join(', ')}`
        : loop
          ? `Mirror ${mirrorName(mirror)} points at itself`
          : `Mirror ${mirrorName(mirror)} points at another mirror, ${next.metadata.namespace ?? ''}/${next.metadata.name}`;
    return [
      found('VMS808', loop ? 'error' : 'warning', 'likely', mirror.endpoints, message, {
        evidence: [`Endpoints ${mirrorName(mirror)}: ${mirror.addresses.join(', ')}`],
        why: 'a Service without a selector cannot stand behind another one everywhere',
        fix: repoint(subject, mirror),
      }),
    ];
  }),
);

/** VMS809: the Service through which a workload cluster finds its Supervisor. */
export const supervisorServiceReserved: NamespaceRule = {
  about: 'namespace',
  code: 'VMS809',
  worst: 'info',
  needs: [],
  applies: ({ around }) => around.mirrors.length > 0,
  find: ({ around }) =>
    around.mirrors.flatMap(({ services, context }) =>
      itemsOf(services)
        .filter(
          ({ metadata, spec }) =>
            metadata.name === 'supervisor' &&
            metadata.namespace === 'default' &&
            isEmptySelector(spec.selector) &&
            (spec.ports ?? []).some(({ port }) => port === 6443),
        )
        .map((service) =>
          found(
            'VMS809',
            'info',
            'certain',
            service,
            `Service ${context === undefined ? '' : `${context}:`}default/supervisor is Cluster API's own`,
            {
              evidence: ['without a selector, port 6443: the way of a workload cluster to its Supervisor'],
              danger: 'never adopt, edit or delete it',
            },
          ),
        ),
    ),
};

/** The copies of one service: those that say so, and those that point at one of its addresses. */
function mirrorsOf(subject: ServiceSubject): readonly Mirror[] {
  const { vmService, around } = subject;
  const name = `${vmService.metadata.namespace ?? ''}/${vmService.metadata.name}`;
  return around.mirrors.flatMap(mirrorsIn).filter(({ source, addresses, endpoints }) => {
    if (source !== undefined) return source === name;
    if (endpoints.metadata.name === 'supervisor' && endpoints.metadata.namespace === 'default') return false;
    return addresses.some(
      (address) => ownAddresses(subject).includes(address) || isClusterIp(subject, address) || isVmAddress(subject, address),
    );
  });
}

function serviceOf({ trace }: ServiceSubject): Service | undefined {
  return 'service' in trace.service ? trace.service.service : undefined;
}

function ownAddresses(subject: ServiceSubject): readonly string[] {
  const service = serviceOf(subject);
  return service === undefined ? [] : ingressAddresses(service);
}

function isClusterIp(subject: ServiceSubject, address: string): boolean {
  const { clusterIP, clusterIPs = [] } = serviceOf(subject)?.spec ?? {};
  return address !== 'None' && (clusterIP === address || clusterIPs.includes(address));
}

function isVmAddress({ decisions }: ServiceSubject, address: string): boolean {
  return decisions.some(({ vm }) => {
    const { ip4, ip6 } = primaryAddresses(vm);
    return ip4 === address || ip6 === address;
  });
}

/** Where a Service takes connections. */
function frontOf(service: Service): readonly string[] {
  return [...ingressAddresses(service), ...(service.spec.clusterIPs ?? []), ...(service.spec.externalIPs ?? [])];
}

function repoint(subject: ServiceSubject, mirror: Mirror): readonly Fix[] {
  return repointMirror(mirror, serviceOf(subject));
}

function besideIt({ vmService }: ServiceSubject, mirror: Mirror): readonly Fix[] {
  const { ports = [], selector = {} } = vmService.spec;
  const name = `${vmService.metadata.name}-lb`;
  const words = [
    ...['kubectl', 'vmsvc', 'create', name, '--type=LoadBalancer'],
    ...ports.map((port) => `--port=${port.name ?? ''}=${port.port}${port.targetPort === port.port ? '' : `:${port.targetPort}`}`),
    `--selector=${Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')}`,
  ];
  return [
    advice('the type cannot be changed: create a LoadBalancer beside it, and point the mirror there'),
    ...commandOn(vmService, words),
    ...commandOn(vmService, ['kubectl', 'get', 'vmservice', name, '-o', 'jsonpath={.status.loadBalancer.ingress[*].ip}']),
    advice(`then write that address into Endpoints ${mirrorName(mirror)}, in place of the ClusterIP`),
  ];
}

function inPlace(mirror: Mirror, words: readonly string[]): readonly Fix[] {
  return commandOn(mirror.endpoints, [...kubectlAt(mirror), ...words]);
}
