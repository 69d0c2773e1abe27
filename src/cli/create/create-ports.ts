import { portClashes, type WholePort, wholePorts } from '../../core/port-names.ts';
import { type PortText, parsePort, parseProtocol, parseTargetPort, portNameProblem } from '../../core/port-notation.ts';
import type { Flags } from '../spec.ts';

/** The ports of `--port`, `--tcp` and `--udp`, whole; what is wrong with them is added to `problems`. */
export function createPorts(flags: Flags, problems: string[]): readonly WholePort[] {
  const read = (flag: string, protocol: 'TCP' | 'UDP' | undefined): readonly PortText[] =>
    flags.list(flag).flatMap((value) =>
      value.split(',').flatMap((text): readonly PortText[] => {
        const parsed = parsePort(text);
        if ('problem' in parsed) {
          problems.push(`--${flag} ${JSON.stringify(text)}: ${parsed.problem}`);
          return [];
        }
        const said = parsed.port.protocol;
        if (protocol !== undefined && said !== undefined && said !== protocol)
          problems.push(`--${flag} ${JSON.stringify(text)}: it is a ${protocol} port, not ${said}`);
        return [protocol === undefined ? parsed.port : { ...parsed.port, protocol }];
      }),
    );
  const plain = withDetails(read('port', undefined), flags, problems);
  const ports = wholePorts([...plain, ...read('tcp', 'TCP'), ...read('udp', 'UDP')]);
  problems.push(...portClashes(ports));
  return ports;
}

/** `--target-port`, `--protocol` and `--port-name`, as kubectl and virtctl write them, complete the one port of `--port`. */
function withDetails(ports: readonly PortText[], flags: Flags, problems: string[]): readonly PortText[] {
  const given = ['target-port', 'protocol', 'port-name'].filter((flag) => flags.given(flag));
  const [first, ...more] = given;
  if (first === undefined) return ports;
  const [port] = ports;
  if (port === undefined || ports.length > 1) {
    if (port !== undefined || flags.list('port').length === 0)
      problems.push(`--${[first, ...more].join(', --')}: goes with one --port; write several as --port=NAME=PORT:TARGET/PROTO`);
    return ports;
  }
  const complain = (flag: string, text: string) => problems.push(`--${flag} ${JSON.stringify(flags.text(flag))}: ${text}`);
  const twice = (flag: string, said: unknown) => {
    if (flags.given(flag) && said !== undefined) complain(flag, '--port says it already');
  };
  twice('target-port', port.targetPort);
  twice('protocol', port.protocol);
  twice('port-name', port.name);
  const target = flags.given('target-port') ? parseTargetPort(flags.text('target-port') ?? '') : undefined;
  const protocol = flags.given('protocol') ? parseProtocol(flags.text('protocol') ?? '') : undefined;
  const name = flags.text('port-name');
  const nameProblem = name === undefined ? undefined : portNameProblem(name);
  if (target !== undefined && 'problem' in target) complain('target-port', target.problem);
  if (protocol !== undefined && 'problem' in protocol) complain('protocol', protocol.problem);
  if (nameProblem !== undefined) complain('port-name', name === '' ? 'the name is empty' : nameProblem);
  return [
    {
      ...port,
      ...(target !== undefined && 'targetPort' in target && { targetPort: target.targetPort }),
      ...(protocol !== undefined && 'protocol' in protocol && { protocol: protocol.protocol }),
      ...(name !== undefined && { name }),
    },
  ];
}
