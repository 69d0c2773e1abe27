import { ingressAddresses, type Service, type ServicePort } from '../../model/service.ts';
import { advice, type Fix } from '../finding.ts';
import { parseIp } from '../ip-address.ts';
import { isDnsName } from '../name-rules.ts';
import { commandIn, commandOn } from './fixes.ts';
import { type Mirror, mirrorName } from './mirror-place.ts';

/**
 * Points a copy at the addresses and ports that the Service of its source has now: by hand, in the place where it is. Advice where the
 * Service has no address that Endpoints can hold.
 */
export function repointMirror(mirror: Mirror, source: Service | undefined): readonly Fix[] {
  const { namespace, name } = mirror.endpoints.metadata;
  const addresses = source === undefined ? [] : addressesFor(mirror, source);
  if (source === undefined || addresses.length === 0)
    return [advice(`write the address into Endpoints ${mirrorName(mirror)} once there is one`)];
  if (!isDnsName(name) || namespace === undefined || !isDnsName(namespace)) return [];
  const { ports, same } = portsFor(mirror, source);
  const subsets = [{ addresses: addresses.map((ip) => ({ ip })), ports }];
  return [
    ...(mirror.service === undefined
      ? commandIn(namespace, [...kubectlAt(mirror), 'create', 'service', 'clusterip', name, ...ports.map(placeholder)])
      : []),
    // What kubectl creates has a selector: without it Kubernetes keeps its hands off the Endpoints.
    ...(mirror.service === undefined || !same ? mergePatch(mirror, 'svc', { spec: { selector: null, ports } }) : []),
    ...mergePatch(mirror, 'endpoints', { subsets }),
  ];
}

/** `kubectl --context tkc1`. */
export function kubectlAt({ place }: Mirror): readonly string[] {
  return ['kubectl', ...(place.context === undefined ? [] : ['--context', place.context])];
}

function mergePatch(mirror: Mirror, type: 'svc' | 'endpoints', patch: object): readonly Fix[] {
  const { name } = mirror.endpoints.metadata;
  return commandOn(mirror.endpoints, [...kubectlAt(mirror), 'patch', type, name, '--type', 'merge', '-p', JSON.stringify(patch)]);
}

/** Those of the families that the copy takes; host names cannot stand in Endpoints. */
function addressesFor({ service }: Mirror, source: Service): readonly string[] {
  const families = service?.spec.ipFamilies ?? [];
  return ingressAddresses(source).filter((address) => {
    const family = parseIp(address)?.family;
    return family !== undefined && (families.length === 0 || families.includes(family));
  });
}

type MirrorPort = Pick<ServicePort, 'name' | 'port'> & { readonly protocol: string };

/** Under the names by which the Service of the copy knows them; `same` where all of its ports have one in the source. */
function portsFor({ service }: Mirror, source: Service): { readonly ports: readonly MirrorPort[]; readonly same: boolean } {
  const all = (source.spec.ports ?? []).map(({ name, port, protocol = 'TCP' }) => ({
    ...(name !== undefined && { name }),
    port,
    protocol,
  }));
  const pairs = (service?.spec.ports ?? []).map((own) => {
    const match = all.find(({ name }) => name === own.name) ?? all.find(({ port }) => port === own.port);
    return match === undefined
      ? undefined
      : { ...(own.name !== undefined && { name: own.name }), port: match.port, protocol: match.protocol };
  });
  const found = pairs.filter((pair) => pair !== undefined);
  const same = pairs.length > 0 && found.length === pairs.length;
  return { ports: same ? found : all, same };
}

/** The protocol and the name come with the patch that follows. */
function placeholder({ port }: MirrorPort): string {
  return `--tcp=${port}`;
}
