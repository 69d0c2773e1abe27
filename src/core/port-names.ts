import type { VirtualMachineServicePort } from '../model/virtual-machine-service.ts';
import type { PortText, Protocol } from './port-notation.ts';

/** A port with everything that the API insists on. */
export type WholePort = Required<VirtualMachineServicePort>;

/** Fills in what was left out: TCP, the same target port, and a name. No name is given twice; one that somebody wrote is theirs. */
export function wholePorts(ports: readonly PortText[]): readonly WholePort[] {
  const taken = new Set(ports.flatMap(({ name }) => name ?? []));
  return ports.map(({ name, protocol = 'TCP', port, targetPort = port }) => {
    const given = name ?? portName(protocol, port, taken);
    taken.add(given);
    return { name: given, protocol, port, targetPort };
  });
}

/** The name of a port that nobody named: the one that everybody knows it by, where that is not `taken`, else `tcp-9000`. */
export function portName(protocol: Protocol, port: number, taken: ReadonlySet<string>): string {
  const known = wellKnown[protocol].get(port);
  return known === undefined || taken.has(known) ? `${protocol.toLowerCase()}-${port}` : known;
}

/** What is left of a name when it is written as a port's must be: `My_Port` as `my-port`. Empty where nothing is. */
export function portLabel(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}

/** What is wrong with ports together: a name, or a port of a protocol, that is there twice. */
export function portClashes(ports: readonly WholePort[]): readonly string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const { name, protocol, port } of ports) {
    if (numbers.has(`${protocol} ${port}`))
      problems.push(`port ${port}/${protocol} is there twice: a port can be given once for each protocol`);
    else if (names.has(name)) problems.push(`the port name ${JSON.stringify(name)} is there twice: each port needs a name of its own`);
    names.add(name);
    numbers.add(`${protocol} ${port}`);
  }
  return problems;
}

/** The port that a name stands for, as `http` for 80; undefined where it is not one for everybody. */
export function wellKnownPort(name: string): number | undefined {
  for (const ports of Object.values(wellKnown)) {
    for (const [port, known] of ports) if (known === name) return port;
  }
  return undefined;
}

/** The service names that IANA or custom gives these ports. */
const wellKnown: Readonly<Record<Protocol, ReadonlyMap<number, string>>> = {
  TCP: new Map([
    [21, 'ftp'],
    [22, 'ssh'],
    [25, 'smtp'],
    [53, 'dns'],
    [80, 'http'],
    [110, 'pop3'],
    [143, 'imap'],
    [389, 'ldap'],
    [443, 'https'],
    [465, 'smtps'],
    [587, 'submission'],
    [636, 'ldaps'],
    [993, 'imaps'],
    [1433, 'mssql'],
    [2049, 'nfs'],
    [3306, 'mysql'],
    [3389, 'rdp'],
    [5432, 'postgresql'],
    [5672, 'amqp'],
    [6379, 'redis'],
    [6443, 'apiserver'],
    [9092, 'kafka'],
    [9200, 'elasticsearch'],
    [27017, 'mongodb'],
  ]),
  UDP: new Map([
    [53, 'dns'],
    [69, 'tftp'],
    [123, 'ntp'],
    [161, 'snmp'],
    [514, 'syslog'],
  ]),
  SCTP: new Map(),
};
