import type { Fix } from '../finding.ts';
import { isEmptySelector } from '../selector.ts';
import { commandOn } from './fixes.ts';
import { found } from './found.ts';
import { kubectlAt } from './mirror-fixes.ts';
import { type Mirror, mirrorName } from './mirror-place.ts';
import { mirrorRule, repoint } from './mirror-rule.ts';

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

function inPlace(mirror: Mirror, words: readonly string[]): readonly Fix[] {
  return commandOn(mirror.endpoints, [...kubectlAt(mirror), ...words]);
}
