import { type FieldError, invalid, notSupported, required } from '../../core/field-errors.ts';
import { goQuote } from '../../core/go-quote.ts';
import { isLinkLocalMulticast, isLinkLocalUnicast, isLoopback, isUnspecified, parseIp } from '../../core/ip-address.ts';
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../../core/name-rules.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../model/service.ts';

/** What is wrong with the subsets of Endpoints. Mirrors validateEndpointSubsets. */
export function validateSubsets(subsets: readonly EndpointSubset[]): readonly FieldError[] {
  return subsets.flatMap((subset, index) => {
    const field = `subsets[${index}]`;
    const ready = subset.addresses ?? [];
    const notReady = subset.notReadyAddresses ?? [];
    const ports = subset.ports ?? [];
    return [
      ...(ready.length + notReady.length === 0 ? [required(field, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...ready.flatMap((address, at) => addressErrors(address, `${field}.addresses[${at}]`)),
      ...notReady.flatMap((address, at) => addressErrors(address, `${field}.notReadyAddresses[${at}]`)),
      ...ports.flatMap((port, at) => portErrors(port, ports.length > 1, `${field}.ports[${at}]`)),
    ];
  });
}

function addressErrors(address: EndpointAddress, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (parseIp(address.ip) === undefined) {
    errors.push(invalid(`${field}.ip`, goQuote(address.ip), 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
  }
  const { hostname, nodeName } = address;
  if (hostname) errors.push(...dns1123Label(hostname).map((text) => invalid(`${field}.hostname`, goQuote(hostname), text)));
  if (nodeName !== undefined) {
    errors.push(...dns1123Subdomain(nodeName).map((text) => invalid(`${field}.nodeName`, goQuote(nodeName), text)));
  }
  return [...errors, ...validateEndpointIp(address.ip, `${field}.ip`)];
}

/** An address that traffic can be sent to: not unspecified, loopback or link-local. Mirrors ValidateEndpointIP. */
export function validateEndpointIp(text: string, field: string): readonly FieldError[] {
  const ip = parseIp(text);
  const refuse = (detail: string): FieldError => invalid(field, goQuote(text), detail);
  if (ip === undefined) return [refuse('must be a valid IP address')];
  const errors: FieldError[] = [];
  if (isUnspecified(ip)) errors.push(refuse(`may not be unspecified (${text})`));
  if (isLoopback(ip)) errors.push(refuse('may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (isLinkLocalUnicast(ip)) errors.push(refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (isLinkLocalMulticast(ip)) errors.push(refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
  return errors;
}

const protocols = ['SCTP', 'TCP', 'UDP'];

export function protocolErrors(protocol: string, field: string): readonly FieldError[] {
  return protocols.includes(protocol) ? [] : [notSupported(field, protocol, protocols)];
}

function portErrors(port: EndpointPort, requireName: boolean, field: string): readonly FieldError[] {
  const { name, protocol = '', appProtocol } = port;
  const errors: FieldError[] = [];
  if (name) errors.push(...dns1123Label(name).map((text) => invalid(`${field}.name`, goQuote(name), text)));
  else if (requireName) errors.push(required(`${field}.name`));
  errors.push(...portNumber(port.port).map((text) => invalid(`${field}.port`, String(port.port), text)));
  errors.push(...protocolErrors(protocol, `${field}.protocol`));
  if (appProtocol !== undefined) {
    errors.push(...qualifiedName(appProtocol).map((text) => invalid(`${field}.appProtocol`, goQuote(appProtocol), text)));
  }
  return errors;
}
