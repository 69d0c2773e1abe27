import { advice, type Fix } from '../finding.ts';
import { parseIp } from '../ip-address.ts';
import { commandOn } from './fixes.ts';
import { found } from './found.ts';
import { type Mirror, mirrorName, mirrorSourceUidAnnotation } from './mirror-place.ts';
import { isClusterIp, isVmAddress, mirrorRule, ownAddresses, repoint } from './mirror-rule.ts';
import type { ServiceSubject } from './subject.ts';

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
        around
          .holdersOf(address)
          .filter(({ as, service }) => as === 'Ingress' && service.metadata.name !== vmService.metadata.name)
          .map(
            ({ service: { metadata } }) =>
              `${address} now belongs to ${metadata.namespace ?? ''}/${metadata.name}: traffic may reach the wrong service`,
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

/** VMS808: a copy of a copy, or of itself. */
export const mirrorChain = mirrorRule('VMS808', 'error', (subject, mirrors) =>
  mirrors.flatMap((mirror) => {
    const next = subject.around.copies().nextOf(mirror);
    const families = mirror.service?.spec.ipFamilies ?? [];
    const foreign = mirror.addresses.filter((address) => families.length > 0 && !families.includes(parseIp(address)?.family ?? ''));
    if (next === undefined && foreign.length === 0) return [];
    const loop = next !== undefined && next === mirror.service;
    const cut = foreign.length > 0 && foreign.length === mirror.addresses.length;
    const message =
      next === undefined
        ? `Mirror ${mirrorName(mirror)} takes ${families.join(', ')} only, and points at ${foreign.join(', ')}`
        : loop
          ? `Mirror ${mirrorName(mirror)} points at itself`
          : `Mirror ${mirrorName(mirror)} points at another mirror, ${next.metadata.namespace ?? ''}/${next.metadata.name}`;
    return [
      found('VMS808', loop || cut ? 'error' : 'warning', 'likely', mirror.endpoints, message, {
        evidence: [`Endpoints ${mirrorName(mirror)}: ${mirror.addresses.join(', ')}`],
        why: 'a Service without a selector cannot stand behind another one everywhere',
        fix: repoint(subject, mirror),
      }),
    ];
  }),
);
