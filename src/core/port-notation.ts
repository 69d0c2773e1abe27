export const protocols = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof protocols)[number];

/** One port as somebody wrote it; what was left out is undefined. */
export interface PortText {
  readonly name: string | undefined;
  readonly protocol: Protocol | undefined;
  readonly port: number;
  readonly targetPort: number | undefined;
}

/** Reads `[NAME=]PORT[:TARGET][/PROTO]`, as in `http=80:8080/TCP`. `problem` is what is wrong with it, without the text itself. */
export function parsePort(text: string): { readonly port: PortText } | { readonly problem: string } {
  const { name, numbers, protocol } = partsOf(text.trim());
  const [first = '', second, ...more] = numbers.split(':');
  if (more.length > 0 || !/^\d+$/.test(first)) return { problem: 'must be [NAME=]PORT[:TARGET][/PROTO], as in http=80:8080/TCP' };
  const port = portNumber(first);
  if (port === undefined) return { problem: 'port must be between 1 and 65535' };
  const target = second === undefined ? undefined : parseTargetPort(second);
  if (target !== undefined && 'problem' in target) return target;
  const named = protocol === undefined ? undefined : parseProtocol(protocol);
  if (named !== undefined && 'problem' in named) return named;
  const problem = name === undefined ? undefined : portNameProblem(name);
  if (problem !== undefined) return { problem };
  return { port: { name, protocol: named?.protocol, port, targetPort: target?.targetPort } };
}

/** A target port by itself: a number, because VMs have no named ports. */
export function parseTargetPort(text: string): { readonly targetPort: number } | { readonly problem: string } {
  if (text === '') return { problem: 'the target port is missing, as in 80:8080' };
  if (!/^\d+$/.test(text)) return { problem: `target port ${JSON.stringify(text)} must be a number: VMs have no named ports` };
  const targetPort = portNumber(text);
  return targetPort === undefined ? { problem: 'target port must be between 1 and 65535' } : { targetPort };
}

/** In any letter case. */
export function parseProtocol(text: string): { readonly protocol: Protocol } | { readonly problem: string } {
  const protocol = protocols.find((known) => known === text.toUpperCase());
  return protocol === undefined ? { problem: `protocol must be one of ${protocols.join(', ')}` } : { protocol };
}

/** What is wrong with the name of a port, a DNS-1123 label; undefined for a good one. */
export function portNameProblem(name: string): string | undefined {
  if (name === '') return 'the name before = is empty';
  if (name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return undefined;
  return `name ${JSON.stringify(name)} must have lower-case letters, digits and '-' only, a letter or digit at both ends, and at most 63 characters`;
}

/** In the same notation, with everything that is needed to read it back: `http=80:8080`, `dns=53/UDP`. */
export function portNotation({
  name,
  protocol,
  port,
  targetPort,
}: {
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly port: number;
  readonly targetPort: number;
}): string {
  const target = targetPort === port ? '' : `:${targetPort}`;
  return `${name === undefined ? '' : `${name}=`}${port}${target}${protocol === undefined || protocol === 'TCP' ? '' : `/${protocol}`}`;
}

function partsOf(text: string): { readonly name: string | undefined; readonly numbers: string; readonly protocol: string | undefined } {
  const equals = text.indexOf('=');
  const rest = equals < 0 ? text : text.slice(equals + 1);
  const slash = rest.indexOf('/');
  return {
    name: equals < 0 ? undefined : text.slice(0, equals),
    numbers: slash < 0 ? rest : rest.slice(0, slash),
    protocol: slash < 0 ? undefined : rest.slice(slash + 1),
  };
}

function portNumber(digits: string): number | undefined {
  const port = Number(digits);
  return port >= 1 && port <= 65535 ? port : undefined;
}
