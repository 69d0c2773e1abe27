import type { Json, JsonObject } from '../../model/object.ts';

/** What a probe may cost. It is a diagnosis and no scanner: nothing here can be turned up without end. Times in milliseconds. */
export const probeLimits = {
  /** VMs of one service, unless `--max-endpoints` says otherwise, and the most that it may say. */
  vms: 3,
  mostVms: 16,
  ports: 4,
  addresses: 4,
  sockets: 8,
  total: 30_000,
  connect: 3_000,
  hold: 5_000,
  longestHold: 20_000,
  /** Of a connection that times out. */
  tries: 2,
  bytes: 65_536,
  podDeadlineSeconds: 120,
  leftOverAge: 600_000,
  /** How long an image may take until it is said that it does not come. */
  podStart: 50_000,
} as const;

/** `auto`: TCP, and TLS where the port is one for it. `app`: HTTP where the port is one for it, too. */
export const probeModes = ['auto', 'tcp', 'tls', 'app'] as const;
export type ProbeMode = (typeof probeModes)[number];

/** What of the way from the client to the VM is tried. `named`: the one target of `--to`. */
export type ProbeStage = 'name' | 'vm' | 'vip' | 'clusterIP' | 'mirror' | 'named';

/** What is said on the connection. `resolve` asks for the name alone, `none` sends nothing at all. */
export type ProbeSpeech = 'resolve' | 'tcp' | 'tls' | 'http' | 'https' | 'udp' | 'none';

export interface ProbeTarget {
  readonly stage: ProbeStage;
  /** Of the service that it belongs to; undefined for `--to`. */
  readonly service: { readonly namespace: string | undefined; readonly name: string } | undefined;
  readonly host: string;
  /** 0 for a name that is only resolved. */
  readonly port: number;
  readonly protocol: string;
  /** The port of the service that leads there, by which VM and load balancer are paired; undefined where there is none. */
  readonly servicePort: number | undefined;
  readonly speech: ProbeSpeech;
  /** The VM whose address it is. */
  readonly vm: string | undefined;
  /** Why nothing is sent there. */
  readonly skip: string | undefined;
}

/**
 * `proven`: something behind the connection answered. `connected`: it was accepted and stayed silent. `closed-early`: accepted, and
 * closed before a byte came. `unanswered` is for UDP alone, and proves nothing.
 */
export type ProbeResult =
  | 'proven'
  | 'connected'
  | 'closed-early'
  | 'refused'
  | 'filtered'
  | 'unreachable'
  | 'unresolved'
  | 'unanswered'
  | 'skipped';

/** What came of one target. Its texts come from strangers: whoever prints them makes them safe. */
export interface ProbeLine {
  readonly target: ProbeTarget;
  readonly result: ProbeResult;
  /** Until the result was known; for `closed-early`, between the connection and its end. */
  readonly milliseconds: number;
  readonly tries: number;
  /** Our own address on that connection. */
  readonly source: string | undefined;
  /** How many bytes came. */
  readonly bytes: number;
  /** What was answered or went wrong, in a few words; empty when the result says it all. */
  readonly detail: string;
}

/** From where it was tried. */
export type Vantage =
  | { readonly type: 'laptop' }
  | { readonly type: 'pod'; readonly namespace: string; readonly context: string | undefined; readonly image: string };

/** Everything that was tried from one place. */
export interface ProbeReport {
  readonly vantage: Vantage;
  readonly lines: readonly ProbeLine[];
  readonly milliseconds: number;
  /** What a reader must know about the place: proxies that were passed by, what could not be done there. */
  readonly notes: readonly string[];
  /** Why nothing could be tried there, or what could not be put in order afterwards. It keeps nobody from reading the rest. */
  readonly problem?: ProbeProblem;
}

/** A sentence, and what to do, a line each. */
export interface ProbeProblem {
  readonly message: string;
  readonly hint: readonly string[];
}

/** `this laptop`, `a pod in team-a`, `a pod in default (context tkc1)`. */
export function vantageText(vantage: Vantage): string {
  if (vantage.type === 'laptop') return 'this laptop';
  return `a pod in ${vantage.namespace}${vantage.context === undefined ? '' : ` (context ${vantage.context})`}`;
}

/** `10.20.0.15:80`, `[fd00::1]:80`; a name that is only resolved has no port. */
export function targetText({ host, port }: Pick<ProbeTarget, 'host' | 'port'>): string {
  if (port === 0) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Something takes connections there, and no proxy stands in between that could have done it alone. */
export function provesListener({ target, result }: ProbeLine): boolean {
  return result === 'proven' || (target.stage === 'vm' && (result === 'connected' || result === 'closed-early'));
}

/** Nothing came back, or there is no way: whether it is there cannot be seen from this place. */
export function isOutOfReach({ result }: ProbeLine): boolean {
  return result === 'filtered' || result === 'unreachable';
}

/** The fields of a report's lines, the same in every format. */
export function probeDocument({ vantage, lines, milliseconds, notes, problem }: ProbeReport): JsonObject {
  return {
    vantage: vantageDocument(vantage),
    milliseconds,
    targets: lines.map((line): Json => {
      const { target, result, tries, source, bytes, detail } = line;
      return {
        stage: target.stage,
        ...(target.service === undefined
          ? {}
          : { service: target.service.name, ...(target.service.namespace === undefined ? {} : { namespace: target.service.namespace }) }),
        ...(target.vm === undefined ? {} : { vm: target.vm }),
        host: target.host,
        port: target.port,
        protocol: target.protocol,
        speech: target.speech,
        result,
        milliseconds: line.milliseconds,
        tries,
        source: source ?? null,
        bytes,
        detail,
      };
    }),
    notes,
    ...(problem !== undefined && { problem: { message: problem.message, hint: problem.hint } }),
  };
}

function vantageDocument(vantage: Vantage): JsonObject {
  if (vantage.type === 'laptop') return { type: 'laptop' };
  const { namespace, context, image } = vantage;
  return { type: 'pod', namespace, context: context ?? null, image };
}
