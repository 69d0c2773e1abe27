import { duplicate, invalid, notSupported, required } from '../field-errors.ts';
import type { Pointer } from '../finding.ts';
import { goQuote } from '../go-quote.ts';
import { portNumber } from '../name-rules.ts';
import { portLabel } from '../port-names.ts';
import type { ProfileTraits } from '../profile.ts';
import { at } from '../validation/refusal.ts';
import type { WrittenPort } from '../validation/written-spec.ts';
import { plainLabel } from './labels.ts';
import type { Refused } from './refused.ts';

/** A port as it is written. */
export const portExample = '{name: http, protocol: TCP, port: 80, targetPort: 8080}';

export const noPorts: Refused = {
  code: 'VMS101',
  error: required('spec.ports'),
  at: at(['spec', 'ports'], 'key'),
  fix: `add a port: ${portExample}`,
};

export function portRefusals(ports: readonly WrittenPort[], traits: ProfileTraits): readonly Refused[] {
  const names = new Set<string>();
  return ports.flatMap((port) => {
    const { index } = port;
    const field = `spec.ports[${index}]`;
    const place = (key: string): Pointer => at(['spec', 'ports', index, key]);
    const refused: Refused[] = [];
    if (port.name === '') {
      const fix = 'with several ports each needs a name of its own';
      if (ports.length > 1) refused.push({ code: 'VMS103', error: required(`${field}.name`), at: place('name'), fix });
    } else {
      for (const text of plainLabel(port.name, traits)) {
        const error = invalid(`${field}.name`, goQuote(port.name), text);
        refused.push({ code: 'VMS103', error, at: place('name'), fix: portNameFix(port.name, ports) });
      }
      if (names.has(port.name)) {
        const error = duplicate(`${field}.name`, goQuote(port.name));
        refused.push({ code: 'VMS103', error, at: place('name'), fix: 'give each port a name of its own' });
      }
      names.add(port.name);
    }
    refused.push(...numberRefusals(port.port, `${field}.port`, place('port')));
    refused.push(...protocolRefusals(port.protocol, `${field}.protocol`, place('protocol')));
    refused.push(...numberRefusals(port.targetPort, `${field}.targetPort`, place('targetPort')));
    return refused;
  });
}

function portNameFix(name: string, ports: readonly WrittenPort[]): string {
  const better = portLabel(name);
  return better === '' || ports.some((port) => port.name === better)
    ? 'use lower-case letters, digits and dashes, 63 at most, and no name of another port'
    : `name it ${better}, for example`;
}

function numberRefusals(number: number | undefined, field: string, place: Pointer): readonly Refused[] {
  return portNumber(number ?? 0).map((text) => ({
    code: 'VMS103',
    error: invalid(field, String(number ?? 0), text),
    at: place,
    fix: 'use a number from 1 to 65535',
  }));
}

const protocols = ['SCTP', 'TCP', 'UDP'];

function protocolRefusals(protocol: string, field: string, place: Pointer): readonly Refused[] {
  if (protocols.includes(protocol)) return [];
  if (protocol === '')
    return [{ code: 'VMS101', error: required(field), at: place, fix: 'add "protocol: TCP"; unlike in a Service nothing fills it in' }];
  const upper = protocol.toUpperCase();
  const fix = protocols.includes(upper) ? `write it in capitals: ${upper}` : 'use TCP, UDP or SCTP';
  return [{ code: 'VMS103', error: notSupported(field, protocol, protocols), at: place, fix }];
}

export function repeatedPorts(ports: readonly WrittenPort[]): readonly Refused[] {
  const seen = new Set<string>();
  return ports.flatMap(({ index, protocol, port }): Refused[] => {
    const key = `${protocol}/${port ?? 0}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const printed = JSON.stringify({ name: '', protocol, port: port ?? 0, targetPort: 0 });
    const fix = 'remove one of the two, or change its port or protocol';
    return [{ code: 'VMS103', error: duplicate(`spec.ports[${index}]`, printed), at: at(['spec', 'ports', index]), fix }];
  });
}
