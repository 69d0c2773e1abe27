import { advice, type Confidence, type Finding, type Fix, type Severity } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { contains, parseCidr, parseIp } from '../ip-address.ts';
import type { ServiceTrace } from '../trace/trace.ts';
import { lineWords } from './line-words.ts';
import { isOutOfReach, type ProbeLine, type ProbeReport, provesListener, targetText, type Vantage, vantageText } from './probe.ts';

/**
 * What the lines of one service mean together. A load balancer that does not answer means one thing when the VM behind it does, and
 * another when the VM cannot be reached either; one line alone says little. `reports` are all vantage points.
 */
export function probeFindings(trace: ServiceTrace, reports: readonly ProbeReport[]): readonly Finding[] {
  const tell = teller(trace);
  const { metadata } = trace.vmService;
  const told = reports.flatMap((report) => {
    const own = report.lines.filter(
      ({ target }) => target.service?.name === metadata.name && target.service.namespace === metadata.namespace,
    );
    const others = reports.filter((other) => other !== report);
    return [
      ...nameFindings(own, report.vantage, tell),
      ...sourceRangeFindings(trace, own, report, others, tell),
      ...pairsOf(own).flatMap((pair) => pairFindings(trace, pair, report, others, tell)),
      ...clusterIPFindings(own, report.vantage, tell),
    ];
  });
  return seenTogether(told);
}

/** One fault that was seen from two places is one finding with what both saw. */
function seenTogether(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ code, severity, message }) => `${code} ${severity} ${message}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, evidence: [...new Set(group.flatMap(({ evidence }) => evidence))] }];
  });
}

interface Told {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: string;
  readonly evidence: readonly ProbeLine[];
  readonly more?: readonly string[];
  readonly why?: string;
  readonly fix?: readonly Fix[];
}

type Teller = (report: Vantage, told: Told) => Finding;

function teller({ vmService }: ServiceTrace): Teller {
  const { name, namespace } = vmService.metadata;
  return (vantage, { code, severity, confidence, message, evidence, more = [], why, fix = [] }) => ({
    code,
    severity,
    confidence,
    object: { kind: 'VirtualMachineService', name, namespace },
    message,
    evidence: [...evidence.map((line) => `from ${vantageText(vantage)}: ${lineWords(line)}`), ...more],
    ...(why === undefined ? {} : { why }),
    fix,
    follows: [],
  });
}

/** The lines of one port: the VMs that were tried directly, and the load balancer in front of them. */
interface Pair {
  readonly port: number;
  readonly protocol: string;
  readonly vms: readonly ProbeLine[];
  readonly vips: readonly ProbeLine[];
}

function pairsOf(lines: readonly ProbeLine[]): readonly Pair[] {
  const pairs = new Map<string, { port: number; protocol: string; vms: ProbeLine[]; vips: ProbeLine[] }>();
  for (const line of lines) {
    const { stage, servicePort, protocol } = line.target;
    if (servicePort === undefined || (stage !== 'vm' && stage !== 'vip')) continue;
    const key = `${protocol} ${servicePort}`;
    const pair = pairs.get(key) ?? { port: servicePort, protocol, vms: [], vips: [] };
    pairs.set(key, pair);
    (stage === 'vm' ? pair.vms : pair.vips).push(line);
  }
  return [...pairs.values()];
}

function pairFindings(
  trace: ServiceTrace,
  pair: Pair,
  report: ProbeReport,
  others: readonly ProbeReport[],
  tell: Teller,
): readonly Finding[] {
  const { vantage } = report;
  const refusing = refusingVms(pair);
  if (pair.protocol !== 'TCP') {
    return [...(refusing.length === 0 ? [] : [refusedByVms(refusing, pair, vantage, tell, 'error')]), ...unprovable(pair, vantage, tell)];
  }
  const direct = pair.vms.some(provesListener)
    ? 'listens'
    : refusing.length > 0
      ? 'refused'
      : pair.vms.some(isOutOfReach)
        ? 'filtered'
        : 'unknown';
  const vips = pair.vips.filter(({ result }) => result !== 'skipped');
  const perVip = vips.flatMap((vip) => vipFinding(trace, { vip, direct, pair }, report, others, tell));
  const told701 = perVip.some(({ code }) => code === 'VMS701');
  if (refusing.length === 0 || told701) return perVip;
  return [...perVip, refusedByVms(refusing, pair, vantage, tell, vips.some(({ result }) => result === 'proven') ? 'warning' : 'error')];
}

/** Those that refuse their target port; what was tried besides, in case the ports were mixed up, is no refusal of its own. */
function refusingVms({ vms, port }: Pair): readonly ProbeLine[] {
  const mixed = vms.some(({ target }) => target.port !== port);
  return vms.filter(({ target, result }) => result === 'refused' && !(mixed && target.port === port));
}

interface VipCase {
  readonly vip: ProbeLine;
  readonly direct: 'listens' | 'refused' | 'filtered' | 'unknown';
  readonly pair: Pair;
}

/** The verdict by pairs: what the VM says decides what the load balancer's silence means. */
function vipFinding(
  trace: ServiceTrace,
  { vip, direct, pair }: VipCase,
  report: ProbeReport,
  others: readonly ProbeReport[],
  tell: Teller,
): readonly Finding[] {
  const { vantage } = report;
  const told = (found: Omit<Told, 'evidence'> & { readonly evidence?: readonly ProbeLine[] }) => [
    tell(vantage, { evidence: [vip, ...pair.vms.slice(0, 1)], ...found }),
  ];
  if (vip.result === 'proven' || vip.result === 'unresolved') return [];
  if (vip.result === 'connected') {
    return told({
      code: 'VMS704',
      severity: 'info',
      confidence: 'certain',
      message: `${targetText(vip.target)} accepts connections and says nothing, which a load balancer does without any VM as well`,
      fix: [advice('let it talk: --probe=tls, --probe=app, or --send and --expect')],
    });
  }
  const silentBackend = pair.vms.filter(provesListener).every(({ result }) => result === 'closed-early');
  if (direct === 'listens' && vip.result === 'closed-early' && silentBackend) {
    return told({
      code: 'VMS704',
      severity: 'info',
      confidence: 'certain',
      message: `${targetText(vip.target)} hangs up as the VM itself does: it may want to hear something first`,
      fix: [advice('say what it expects: --probe=tls, --probe=app, or --send and --expect')],
    });
  }
  // The endpoints say it already: there is nobody to forward to, and the line of the probe is proof enough.
  const hangsUp = vip.result === 'closed-early' || vip.result === 'refused';
  if (trace.ready === 0 && hangsUp && direct !== 'refused') return [];
  if (direct === 'listens') {
    const excluded = isExcluded(trace, vip);
    if (excluded && isOutOfReach(vip)) return [];
    return told({
      code: 'VMS705',
      severity: 'error',
      confidence: 'certain',
      message: `The VMs answer on port ${pair.vms[0]?.target.port ?? pair.port}, but ${targetText(vip.target)} does not forward to them`,
      why: 'the load balancer is not programmed, does not admit this client, or its own addresses are blocked at the VMs',
      fix: [
        advice('look for errors of the load balancer on the Service, and for source ranges'),
        advice("let the load balancer's own addresses (on NSX VPC NetworkInfo.vpcs[].loadBalancerBackendIPs) through the guest's firewall"),
      ],
    });
  }
  if (vip.result === 'refused' || (direct === 'refused' && vip.result === 'closed-early')) {
    return direct === 'refused'
      ? [refusedByVms([vip, ...refusingVms(pair)], pair, vantage, tell, 'error')]
      : told({
          code: 'VMS701',
          severity: 'error',
          confidence: 'certain',
          message: `${targetText(vip.target)} refuses connections: the load balancer has no virtual server on that port`,
          fix: [advice('look for errors of the load balancer on the Service')],
        });
  }
  if (vip.result === 'closed-early') {
    return told({
      code: 'VMS703',
      severity: 'error',
      confidence: 'likely',
      message: `${targetText(vip.target)} accepts connections and closes them without a byte: no usable member behind it`,
      why: 'a load balancer that finds no member accepts first and hangs up then',
      fix: [advice('see whether the VMs listen, and whether their firewalls let the load balancer in')],
    });
  }
  return outOfReachFinding(trace, vip, vantage, others, told);
}

function outOfReachFinding(
  trace: ServiceTrace,
  vip: ProbeLine,
  vantage: Vantage,
  others: readonly ProbeReport[],
  told: (found: Omit<Told, 'evidence'> & { readonly evidence?: readonly ProbeLine[] }) => readonly Finding[],
): readonly Finding[] {
  if (isExcluded(trace, vip)) return [];
  if (vantage.type === 'pod') {
    return told({
      code: 'VMS702',
      severity: 'error',
      confidence: 'likely',
      message: `${targetText(vip.target)} does not answer: something drops the connection, or there is no route`,
      fix: [advice("look at the guest's firewall and at the security policies of the namespace")],
    });
  }
  const inside = others.find(
    ({ vantage: other, lines }) => other.type === 'pod' && lines.some((line) => sameTarget(line, vip) && line.result === 'proven'),
  );
  return told({
    code: 'VMS706',
    severity: 'info',
    confidence: inside === undefined ? 'hint' : 'certain',
    message:
      inside === undefined
        ? `${targetText(vip.target)} cannot be reached from this laptop, which says little: it may be meant for the inside only`
        : `${targetText(vip.target)} is reachable from ${vantageText(inside.vantage)}, not from this laptop`,
    fix: inside === undefined ? [advice('try from another place: --from=pod')] : [],
  });
}

function refusedByVms(lines: readonly ProbeLine[], pair: Pair, vantage: Vantage, tell: Teller, severity: Severity): Finding {
  const vms = [...new Set(lines.flatMap(({ target }) => (target.vm === undefined ? [] : [target.vm])))];
  const port = lines.find(({ target }) => target.stage === 'vm')?.target.port ?? pair.port;
  const swapped = pair.vms.find(({ target, result }) => target.port === pair.port && pair.port !== port && result !== 'refused');
  return tell(vantage, {
    code: 'VMS701',
    severity,
    confidence: 'certain',
    message: `${vms.join(', ')} ${vms.length === 1 ? 'refuses' : 'refuse'} connections on port ${port}: nothing listens there`,
    evidence: lines.slice(0, 4),
    ...(swapped === undefined
      ? {}
      : { more: [`port ${pair.port} answers on ${swapped.target.vm ?? 'the VM'}: port and targetPort may be mixed up`] }),
    fix: [advice(`in the guest: ss -ltnp | grep :${port}     (is it listening, and not only on 127.0.0.1?)`)],
  });
}

function unprovable(pair: Pair, vantage: Vantage, tell: Teller): readonly Finding[] {
  const lines = [...pair.vms, ...pair.vips].filter(({ result }) => result === 'unanswered' || result === 'skipped');
  if (lines.length === 0) return [];
  return [
    tell(vantage, {
      code: 'VMS710',
      severity: 'info',
      confidence: 'certain',
      message: `${pair.protocol} port ${pair.port} cannot be proven by connecting: no answer means nothing`,
      evidence: lines.slice(0, 2),
      fix: pair.protocol === 'UDP' ? [advice('say something that is answered: --send and --expect')] : [],
    }),
  ];
}

function nameFindings(lines: readonly ProbeLine[], vantage: Vantage, tell: Teller): readonly Finding[] {
  return lines
    .filter(({ target, result }) => target.stage === 'name' && result === 'unresolved')
    .map((line) =>
      tell(vantage, {
        code: 'VMS709',
        severity: vantage.type === 'pod' ? 'error' : 'info',
        confidence: 'certain',
        message: `${line.target.host} does not resolve from ${vantageText(vantage)}`,
        evidence: [line],
        fix: [advice('use the address, a record in DNS, or a mirror that gives it a local name')],
      }),
    );
}

function clusterIPFindings(lines: readonly ProbeLine[], vantage: Vantage, tell: Teller): readonly Finding[] {
  return lines
    .filter(
      ({ target, result }) => target.stage === 'clusterIP' && (result === 'filtered' || result === 'unreachable' || result === 'refused'),
    )
    .map((line) =>
      tell(vantage, {
        code: 'VMS708',
        severity: 'warning',
        confidence: 'likely',
        message: `The cluster IP ${line.target.host} is not reachable from ${vantageText(vantage)}`,
        evidence: [line],
        why: 'a cluster IP works only where something implements it for the client: VMs, workload clusters and laptops have no route to it',
        fix: [advice('use type LoadBalancer for clients elsewhere')],
      }),
    );
}

function sourceRangeFindings(
  trace: ServiceTrace,
  lines: readonly ProbeLine[],
  { vantage }: ProbeReport,
  others: readonly ProbeReport[],
  tell: Teller,
): readonly Finding[] {
  const { name, namespace = 'default' } = trace.vmService.metadata;
  const ranges = trace.vmService.spec.loadBalancerSourceRanges ?? [];
  const excluded = lines.filter((line) => line.target.stage === 'vip' && isExcluded(trace, line));
  const blocked = excluded.find(isOutOfReach);
  if (blocked?.source !== undefined) {
    const inPod = vantage.type === 'pod';
    const wider = [...ranges, `${blocked.source}/${blocked.source.includes(':') ? 128 : 32}`];
    const inside = others.flatMap((other) =>
      other.lines.filter((line) => sameTarget(line, blocked)).map((line) => `from ${vantageText(other.vantage)}: ${lineWords(line)}`),
    );
    return [
      tell(vantage, {
        code: 'VMS607',
        // Which address the load balancer sees of a pod is not known: the probe was perhaps not meant to come in.
        severity: inPod ? 'warning' : 'error',
        confidence: inPod ? 'hint' : 'certain',
        message: `${blocked.source}${inPod ? ', the address of the pod,' : ''} is not in loadBalancerSourceRanges`,
        evidence: [blocked],
        more: [`ranges ${ranges.join(', ')}`, ...inside],
        why: inPod
          ? 'where pods leave by the address of a node or a gateway, that is the one that the load balancer sees'
          : 'behind NAT or a VPN the load balancer may see another address than this one',
        fix: inPod
          ? [advice('admit the address by which pods leave: that of one pod is gone with it')]
          : [
              {
                kind: 'command',
                words: [
                  ...['kubectl', 'patch', 'vmservice', name, '-n', namespace, '--type', 'merge', '-p'],
                  JSON.stringify({ spec: { loadBalancerSourceRanges: wider } }),
                ],
              },
            ],
      }),
    ];
  }
  // A pod's address is seldom the one that arrives: that it was let in says nothing of the ranges.
  if (vantage.type === 'pod') return [];
  const admitted = excluded.find(({ result }) => result === 'proven' || result === 'connected');
  if (admitted === undefined) return [];
  return [
    tell(vantage, {
      code: 'VMS608',
      severity: 'warning',
      confidence: 'certain',
      message: `${admitted.source ?? 'This client'} is not in loadBalancerSourceRanges and was let in: the ranges are not enforced`,
      evidence: [admitted],
      more: [`ranges ${ranges.join(', ')}`],
      fix: [advice("enforce it where the load balancer can: AVI's network security policy, the distributed firewall of NSX")],
    }),
  ];
}

/** Whether the address that this client had is in none of the ranges; false where it is not known. */
function isExcluded({ vmService }: ServiceTrace, { source }: ProbeLine): boolean {
  const ranges = vmService.spec.loadBalancerSourceRanges ?? [];
  const ip = source === undefined ? undefined : parseIp(source);
  if (ip === undefined || ranges.length === 0) return false;
  return !ranges.some((range) => {
    const cidr = parseCidr(range.trim());
    return cidr !== undefined && contains(cidr, ip);
  });
}

function sameTarget(left: ProbeLine, right: ProbeLine): boolean {
  return left.target.stage === right.target.stage && left.target.host === right.target.host && left.target.port === right.target.port;
}
