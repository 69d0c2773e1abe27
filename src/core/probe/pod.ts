import { type Json, type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { listAt, mapAt, textAt, textsAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { formatIp, type IpAddress, isLoopback, parseIp } from '../ip-address.ts';
import { isEmptySelector, matchesSelector } from '../selector.ts';
import { podScript } from './pod-script.ts';
import { type ProbeLine, type ProbeResult, type ProbeTarget, probeLimits } from './probe.ts';

export const probePodLabels = { 'app.kubernetes.io/managed-by': 'kubectl-vmsvc' } as const;
export const probePodPrefix = 'vmsvc-probe-';

export interface PodOrder {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly targets: readonly ProbeTarget[];
  /** Milliseconds. */
  readonly hold: number;
  readonly send: Uint8Array | undefined;
  readonly expect: Uint8Array | undefined;
}

/**
 * A pod that tries the targets once, prints a line of JSON for each, and ends. It fits the restricted pod security profile, has no
 * token and no host access, asks for as much as it is limited to, and is over after two minutes whatever happens.
 */
export function probePod({ namespace, name, image, targets, hold, send, expect }: PodOrder): KubeObject {
  const words = targets.flatMap((target) => (target.skip === undefined ? [wordOf(target)] : ['skip']));
  const size = { cpu: '100m', memory: '64Mi' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: probePodLabels },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: probeLimits.podDeadlineSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'probe',
          image,
          command: ['sh', '-c', podScript, 'probe'],
          args: [String(Math.ceil(hold / 1000)), octal(send), expect === undefined ? '1' : '256', ...words],
          resources: { requests: size, limits: size },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            privileged: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
  return pod;
}

/** `tls 10.20.0.15 443`: hosts are addresses or host names, so that a blank separates. */
function wordOf({ speech, host, port }: ProbeTarget): string {
  return `${speech} ${host} ${port}`;
}

/** Bytes as a shell's printf takes them with %b: none of them means anything on the way. */
function octal(bytes: Uint8Array | undefined): string {
  return [...(bytes ?? [])].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
}

/** What the pod printed, a line for each target; what it said nothing about was not tried. */
export function podLines(log: string, targets: readonly ProbeTarget[], expect: Uint8Array | undefined): readonly ProbeLine[] {
  const answers = new Map<number, JsonObject>();
  const own: IpAddress[] = [];
  for (const text of log.split('\n')) {
    const answer = answerOf(text);
    if (answer !== undefined && typeof answer.i === 'number') answers.set(answer.i, answer);
    const source = typeof answer?.source === 'string' ? parseIp(answer.source) : undefined;
    if (source !== undefined && !isLoopback(source)) own.push(source);
  }
  return targets.map((target, index) => {
    const line = lineOf(target, answers.get(index), expect);
    return line.result === 'skipped' ? line : { ...line, source: ownFor(target, own) };
  });
}

/** Nothing that the script prints: it never ran. */
export function isSilent(log: string): boolean {
  return !log.split('\n').some((text) => answerOf(text) !== undefined);
}

/** The pod's own address of the family that the target has. */
function ownFor({ host }: ProbeTarget, own: readonly IpAddress[]): string | undefined {
  const family = parseIp(host)?.family;
  const fitting = family === undefined ? own : own.filter((address) => address.family === family);
  const [only, ...more] = fitting;
  return only === undefined || more.length > 0 ? undefined : formatIp(only);
}

function answerOf(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const results: readonly ProbeResult[] = [
  'proven',
  'connected',
  'closed-early',
  'refused',
  'filtered',
  'unreachable',
  'unresolved',
  'unanswered',
  'skipped',
];

function lineOf(target: ProbeTarget, answer: JsonObject | undefined, expect: Uint8Array | undefined): ProbeLine {
  const nothing = { target, milliseconds: 0, tries: 0, source: undefined, bytes: 0 };
  if (target.skip !== undefined) return { ...nothing, result: 'skipped', detail: target.skip };
  if (answer === undefined) return { ...nothing, result: 'skipped', detail: 'the pod did not get to it' };
  const result = results.find((word) => word === answer.result) ?? 'skipped';
  const bytes = hexBytes(answer.hex);
  const milliseconds = typeof answer.ms === 'number' ? answer.ms : 0;
  const said = typeof answer.detail === 'string' ? answer.detail.slice(0, 200) : '';
  const line = { target, milliseconds, tries: 1, source: undefined, bytes: bytes.length };
  const overTls = target.speech === 'tls' || target.speech === 'https';
  if (result === 'proven' && overTls && expect !== undefined)
    return { ...line, result: 'connected', detail: `${said}; what is expected cannot be asked for in TLS from a pod` };
  if (result !== 'proven' || bytes.length === 0) return { ...line, result, detail: said };
  const text = latin1(bytes);
  if (expect !== undefined) {
    return text.includes(latin1(expect))
      ? { ...line, result, detail: 'answered as expected' }
      : { ...line, result: 'connected', detail: 'answered, not what was expected' };
  }
  if (target.speech !== 'http' && target.speech !== 'https') return { ...line, result, detail: 'answered' };
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(text)?.[1];
  if (status === undefined) return { ...line, result, detail: 'answered, but not in HTTP' };
  return target.stage !== 'vm' && ['502', '503', '504'].includes(status)
    ? { ...line, result: 'connected', detail: `HTTP ${status}, which may be the load balancer's own answer` }
    : { ...line, result, detail: `HTTP ${status}` };
}

function hexBytes(value: Json | undefined): Uint8Array {
  const text = typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value) ? value : '';
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Where a pod stands on its way to an end. */
export type PodProgress =
  | { readonly state: 'waiting'; readonly reason: string }
  | { readonly state: 'running' }
  | { readonly state: 'ended' }
  /** It will not get anywhere. */
  | { readonly state: 'stuck'; readonly reason: string };

/** What a pod's status says about its one container. */
export function podProgress(pod: KubeObject): PodProgress {
  const status = mapAt(jsonOf(pod), 'status');
  const phase = textAt(status, 'phase');
  const container = mapAt(listAt(status, 'containerStatuses').find(isMap) ?? {}, 'state');
  const terminated = mapAt(container, 'terminated');
  if (hopeless.includes(textAt(terminated, 'reason'))) return { state: 'stuck', reason: toldBy(terminated) };
  if (phase === 'Succeeded' || phase === 'Failed') {
    const said = toldBy(status);
    return phase === 'Failed' && listAt(status, 'containerStatuses').length === 0
      ? { state: 'stuck', reason: said === '' ? 'it failed before it started' : said }
      : { state: 'ended' };
  }
  const waiting = mapAt(container, 'waiting');
  const reason = textAt(waiting, 'reason');
  if (hopeless.includes(reason)) return { state: 'stuck', reason: toldBy(waiting) };
  if (phase === 'Running') return { state: 'running' };
  const unscheduled = listAt(status, 'conditions')
    .filter(isMap)
    .find((condition) => condition.type === 'PodScheduled' && condition.status === 'False');
  if (unscheduled !== undefined) return { state: 'waiting', reason: toldBy(unscheduled) };
  const node = textAt(mapAt(jsonOf(pod), 'spec'), 'nodeName');
  const pending = node === '' ? 'no scheduler gave it a node' : `node ${node} has not begun it`;
  return { state: 'waiting', reason: reason === '' ? pending : reason };
}

/** `Unschedulable: no nodes available`. */
function toldBy(part: JsonObject): string {
  return [textAt(part, 'reason'), textAt(part, 'message')].filter((text) => text !== '').join(': ');
}

const hopeless = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  // What a container ends with that never began.
  'StartError',
  'ContainerCannotRun',
];

/** The Services that would take a pod of these labels for one of theirs, and send it traffic. */
export function selectingServices(services: readonly KubeObject[], labels: Readonly<Record<string, string>>): readonly string[] {
  return services.flatMap((service) => {
    const selector = textsAt(mapAt(jsonOf(service), 'spec'), 'selector');
    return !isEmptySelector(selector) && matchesSelector(selector, labels) ? [service.metadata.name] : [];
  });
}
