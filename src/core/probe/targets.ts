import type { Service, ServicePort, ServiceSpec } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import { contains, isLinkLocalUnicast, isLoopback, isUnspecified, parseCidr, parseIp } from '../ip-address.ts';
import { nsxHostnameAnnotation } from '../load-balancer.ts';
import { itemsOf } from '../snapshot.ts';
import { type Member, memberAddresses, memberName, memberState } from '../trace/members.ts';
import type { ServiceTrace } from '../trace/trace.ts';
import { type ProbeLine, type ProbeMode, type ProbeSpeech, type ProbeStage, type ProbeTarget, probeLimits } from './probe.ts';

export interface TargetOptions {
  readonly mode: ProbeMode;
  readonly maxVms: number;
  /** Whether the place is inside the cluster of the service, where its cluster IP and its name mean something. */
  readonly inCluster: boolean;
  /** Whether there is something to send: without it, nothing can be learned about UDP. */
  readonly sends: boolean;
}

/**
 * What is tried for one service, in the order of the way: its names, its VMs, its load balancer, its cluster IP. All of it comes out
 * of the objects, and of each only as much as the limits allow.
 */
export function probeTargets(trace: ServiceTrace, options: TargetOptions): readonly ProbeTarget[] {
  const { metadata, spec } = trace.vmService;
  const service = { namespace: metadata.namespace, name: metadata.name };
  const ports = (spec.ports ?? []).slice(0, probeLimits.ports);
  const at = (stage: ProbeStage, host: string, number: number, port: ServicePort, vm?: string): ProbeTarget => ({
    stage,
    service,
    host,
    port: number,
    protocol: port.protocol ?? 'TCP',
    servicePort: port.port,
    speech: speechFor(port, number, options),
    vm,
    skip: (stage === 'vm' ? ownMachine(host) : undefined) ?? forbiddenHost(host) ?? unprovable(port),
  });
  return [
    ...namesOf(trace, options).map(
      (host): ProbeTarget => ({
        stage: 'name',
        service,
        host,
        port: 0,
        protocol: 'DNS',
        servicePort: undefined,
        speech: 'resolve',
        vm: undefined,
        skip: undefined,
      }),
    ),
    ...chosenVms(trace, options.maxVms).flatMap((member) =>
      memberAddresses(member)
        .slice(0, probeLimits.addresses)
        .flatMap((host) => ports.map((port) => at('vm', host, port.targetPort, port, memberName(member)))),
    ),
    ...vipsOf(trace).flatMap((host) => ports.map((port) => at('vip', host, port.port, port))),
    ...clusterIPsOf(trace, options).flatMap((host) => ports.map((port) => at('clusterIP', host, port.port, port))),
  ];
}

/** What clients in another cluster connect to: the cluster IPs there of the Services that stand for the service. */
export function mirrorTargets(
  { vmService: { metadata } }: ServiceTrace,
  mirrors: readonly Service[],
  options: Pick<TargetOptions, 'mode' | 'sends'>,
): readonly ProbeTarget[] {
  return mirrors.slice(0, probeLimits.addresses).flatMap(({ spec }) =>
    clusterAddresses(spec).flatMap((host) =>
      (spec.ports ?? []).slice(0, probeLimits.ports).map(
        (port): ProbeTarget => ({
          stage: 'mirror',
          service: { namespace: metadata.namespace, name: metadata.name },
          host,
          port: port.port,
          protocol: port.protocol ?? 'TCP',
          servicePort: undefined,
          speech: speechFor(port, port.port, options),
          vm: undefined,
          skip: forbiddenHost(host) ?? unprovable(port),
        }),
      ),
    ),
  );
}

/** What of a service is left out, because a probe is no scanner: nobody should take it for reached. */
export function leftOutNotes(trace: ServiceTrace, { maxVms }: Pick<TargetOptions, 'maxVms'>): readonly string[] {
  const { metadata, spec } = trace.vmService;
  const [ports, vms] = [(spec.ports ?? []).length, vmsWithAddresses(trace).length];
  const left = [
    ...(ports > probeLimits.ports ? [`${ports - probeLimits.ports} of ${ports} ports`] : []),
    ...(vms > maxVms ? [`${vms - maxVms} of ${vms} VMs (--max-endpoints)`] : []),
  ];
  return left.length === 0 ? [] : [`of ${metadata.name}, ${left.join(' and ')} were left out`];
}

/** A VM that refuses its target port may listen on the service's own, where the two were mixed up: worth a second look. */
export function swappedPortTargets(lines: readonly ProbeLine[]): readonly ProbeTarget[] {
  return lines.flatMap(({ target, result }): readonly ProbeTarget[] =>
    target.stage === 'vm' && result === 'refused' && target.servicePort !== undefined && target.servicePort !== target.port
      ? [{ ...target, port: target.servicePort, speech: 'tcp' }]
      : [],
  );
}

/** The one target that may be named. `host` has no brackets. */
export function namedTarget(host: string, port: number, mode: ProbeMode): ProbeTarget {
  const speech = speechFor({ protocol: 'TCP' }, port, { mode, sends: false });
  return {
    stage: 'named',
    service: undefined,
    host,
    port,
    protocol: 'TCP',
    servicePort: undefined,
    speech,
    vm: undefined,
    skip: forbiddenHost(host),
  };
}

type PortWords = Pick<ServicePort, 'name' | 'protocol'>;

/** Ports named https and 443, 6443 speak TLS; those named http and 80, 8080 speak HTTP when it was asked for. */
function speechFor(
  { name = '', protocol = 'TCP' }: PortWords,
  port: number,
  { mode, sends }: Pick<TargetOptions, 'mode' | 'sends'>,
): ProbeSpeech {
  if (protocol === 'UDP') return 'udp';
  if (protocol !== 'TCP') return 'none';
  if (mode === 'tcp' || sends) return mode === 'tls' ? 'tls' : 'tcp';
  const secure = /^https/i.test(name) || port === 443 || port === 6443;
  const plainWeb = /^http(?!s)/i.test(name) || port === 80 || port === 8080;
  if (mode === 'app') return secure ? 'https' : plainWeb ? 'http' : 'tcp';
  return mode === 'tls' || secure ? 'tls' : 'tcp';
}

function unprovable({ protocol = 'TCP' }: PortWords): string | undefined {
  return protocol === 'TCP' || protocol === 'UDP' ? undefined : `${protocol} cannot be tried from here`;
}

/** Those that should answer first: ready ones, then the others, each by name. */
function chosenVms(trace: ServiceTrace, most: number): readonly Member[] {
  const rank = { Ready: 0, NotReady: 1, Stale: 2, Out: 3 } as const;
  return vmsWithAddresses(trace)
    .toSorted((left, right) => rank[memberState(left)] - rank[memberState(right)] || compareText(memberName(left), memberName(right)))
    .slice(0, most);
}

function vmsWithAddresses({ members }: ServiceTrace): readonly Member[] {
  return itemsOf(members).filter((member) => memberAddresses(member).length > 0);
}

function vipsOf({ vip }: ServiceTrace): readonly string[] {
  return vip.state === 'Assigned' ? vip.addresses.slice(0, probeLimits.addresses) : [];
}

function clusterIPsOf({ service }: ServiceTrace, { inCluster }: TargetOptions): readonly string[] {
  if (!inCluster || !('service' in service)) return [];
  return clusterAddresses(service.service.spec);
}

function clusterAddresses({ clusterIP, clusterIPs }: ServiceSpec): readonly string[] {
  return (clusterIPs ?? [clusterIP ?? '']).filter((ip) => ip !== '' && ip !== 'None').slice(0, probeLimits.addresses);
}

/** The host names that were asked for, and the cluster's own name where it is known. */
function namesOf({ vmService, service }: ServiceTrace, { inCluster }: TargetOptions): readonly string[] {
  const { metadata } = vmService;
  const published = hostnameAnnotations.flatMap((key) => {
    const value = metadata.annotations?.[key] ?? ('service' in service ? service.service.metadata.annotations?.[key] : undefined);
    return value === undefined ? [] : value.split(',').map((name) => name.trim());
  });
  const own = inCluster && 'service' in service ? [`${metadata.name}.${metadata.namespace ?? 'default'}.svc.cluster.local`] : [];
  return [...new Set([...published.filter(isHostName), ...own])].slice(0, probeLimits.addresses);
}

/** Who asks for a name in DNS asks here. */
const hostnameAnnotations = [nsxHostnameAnnotation, 'external-dns.alpha.kubernetes.io/hostname'] as const;

function isHostName(text: string): boolean {
  return (
    text.length <= 253 && parseIp(text) === undefined && /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/i.test(text)
  );
}

/**
 * Why nothing may be sent to an address, or a name; undefined when it may. Objects can say anything: no VM and no load balancer has one of
 * these, and some of them have neighbours that must be left alone.
 */
export function forbiddenHost(host: string): string | undefined {
  const ip = parseIp(withoutZone(host));
  if (ip === undefined) return isHostName(host) ? undefined : 'neither an address nor a host name';
  if (isLinkLocalUnicast(ip)) return 'a link-local address is not a place to send to';
  if (isUnspecified(ip) || severalMachines.some((range) => contains(range, ip))) return 'not the address of one machine';
  return undefined;
}

/** `fe80::1%eth0` is an address to a resolver, and none to Kubernetes. */
function withoutZone(host: string): string {
  return host.includes(':') ? host.replace(/%.*$/s, '') : host;
}

/** A guest that calls itself so would have its visitor talk to programs of the visitor's own machine. */
function ownMachine(host: string): string | undefined {
  const ip = parseIp(host);
  return ip !== undefined && isLoopback(ip) ? 'a loopback address is no VM, but the machine that asks' : undefined;
}

const severalMachines = ['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', 'ff00::/8'].flatMap((range) => parseCidr(range) ?? []);
