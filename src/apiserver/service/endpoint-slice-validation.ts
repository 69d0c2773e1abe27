import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../core/field-errors.ts';
import { goQuote } from '../../core/go-quote.ts';
import { formatIp, parseIp } from '../../core/ip-address.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../core/name-rules.ts';
import type { JsonObject } from '../../model/object.ts';
import { listAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { protocolErrors, validateEndpointIp } from './endpoints-validation.ts';

const mostEndpoints = 1000;
const mostAddresses = 100;
const mostPorts = 20000;

/** What is wrong with an EndpointSlice. Mirrors ValidateEndpointSlice. */
export function validateEndpointSlice(object: JsonObject): readonly FieldError[] {
  const type = textAt(object, 'addressType');
  return [...typeErrors(type), ...portsErrors(objectsAt(object, 'ports')), ...endpointsErrors(objectsAt(object, 'endpoints'), type)];
}

/** What an update of an EndpointSlice may not do. */
export function validateEndpointSliceChange(object: JsonObject, existing: JsonObject): readonly FieldError[] {
  const type = textAt(object, 'addressType');
  return type === textAt(existing, 'addressType') ? [] : [invalid('addressType', goQuote(type), 'field is immutable')];
}

function typeErrors(type: string): readonly FieldError[] {
  if (type === '') return [required('addressType')];
  const known = ['FQDN', 'IPv4', 'IPv6'];
  return known.includes(type) ? [] : [notSupported('addressType', type, known)];
}

function endpointsErrors(endpoints: readonly JsonObject[], type: string): readonly FieldError[] {
  if (endpoints.length > mostEndpoints) return [tooMany('endpoints', endpoints.length, mostEndpoints)];
  return endpoints.flatMap((endpoint, index) => {
    const field = `endpoints[${index}]`;
    const [nodeName, hostname] = [textAt(endpoint, 'nodeName'), textAt(endpoint, 'hostname')];
    return [
      ...addressesErrors(listAt(endpoint, 'addresses').map(String), type, `${field}.addresses`),
      ...(nodeName === '' ? [] : dns1123Subdomain(nodeName).map((text) => invalid(`${field}.nodeName`, goQuote(nodeName), text))),
      ...(hostname === '' ? [] : dns1123Label(hostname).map((text) => invalid(`${field}.hostname`, goQuote(hostname), text))),
    ];
  });
}

function addressesErrors(addresses: readonly string[], type: string, field: string): readonly FieldError[] {
  if (addresses.length === 0) return [required(field, 'must contain at least 1 address')];
  if (addresses.length > mostAddresses) return [tooMany(field, addresses.length, mostAddresses)];
  return addresses.flatMap((address, index) => {
    if (type === 'FQDN') return domainErrors(address, `${field}[${index}]`);
    return type === 'IPv4' || type === 'IPv6' ? ipErrors(address, type, field, index) : [];
  });
}

function ipErrors(address: string, family: 'IPv4' | 'IPv6', field: string, index: number): readonly FieldError[] {
  const place = `${field}[${index}]`;
  const ip = parseIp(address);
  if (ip === undefined) return [invalid(place, goQuote(address), 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  // The list is what the server names, not the place in it.
  if (ip.family !== family) return [invalid(field, goQuote(address), `must be an ${family} address`)];
  const canonical = formatIp(ip);
  const written =
    family === 'IPv6' && canonical !== address
      ? [invalid(place, goQuote(address), `must be in canonical form (${goQuote(canonical)})`)]
      : [];
  return [...written, ...validateEndpointIp(address, place)];
}

function domainErrors(address: string, field: string): readonly FieldError[] {
  if (address === '') return [required(field)];
  const name = address.replace(/\.$/, '');
  const complaints = dns1123Subdomain(name);
  if (complaints.length > 0) return complaints.map((text) => invalid(field, goQuote(name), text));
  if (name.includes('.')) return [];
  return [invalid(field, goQuote(name), 'should be a domain with at least two segments separated by dots')];
}

function portsErrors(ports: readonly JsonObject[]): readonly FieldError[] {
  if (ports.length > mostPorts) return [tooMany('ports', ports.length, mostPorts)];
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const field = `ports[${index}]`;
    const [name, protocol, appProtocol] = [textAt(port, 'name'), textAt(port, 'protocol'), textAt(port, 'appProtocol')];
    const errors = name === '' ? [] : dns1123Label(name).map((text) => invalid(`${field}.name`, goQuote(name), text));
    if (names.has(name)) errors.push(duplicate(`${field}.name`, goQuote(name)));
    names.add(name);
    errors.push(...protocolErrors(protocol, `${field}.protocol`));
    if (appProtocol !== '') {
      errors.push(...qualifiedName(appProtocol).map((text) => invalid(`${field}.appProtocol`, goQuote(appProtocol), text)));
    }
    return errors;
  });
}

function objectsAt(object: JsonObject, field: string): readonly JsonObject[] {
  return listAt(object, field).map((item) => (isMap(item) ? item : {}));
}
