import { humanDuration } from '../../core/human-duration.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import type { Resource } from '../../model/resources.ts';

/** One column of a Table; `priority` above 0 is shown by `-o wide` alone. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description: string;
  readonly priority?: number;
  cell(object: JsonObject, now: Date): Json;
}

/**
 * The columns of a built-in kind as kube-apiserver prints them, without the name unless it has an unusual place.
 * Kinds without columns of their own get the age.
 *
 * Mirrors the handlers of Kubernetes' internal version printers.
 */
export function builtInColumns(resource: Resource): readonly TableColumn[] {
  return columns.get(`${resource.group}/${resource.kind}`) ?? [age];
}

/** The name, which comes first almost everywhere. */
export const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name, unique within its namespace.',
  cell: (object) => textAt(mapAt(object, 'metadata'), 'name'),
};

/** The time since, as `kubectl get` prints ages: `<unknown>` without a time, `<invalid>` for one that is none. */
export function since(timestamp: Json | undefined, now: Date): string {
  if (typeof timestamp !== 'string' || timestamp === '') return '<unknown>';
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? '<invalid>' : humanDuration(now.getTime() - then);
}

type Cell = TableColumn['cell'];

function text(name: string, description: string, cell: Cell): TableColumn {
  return { name, type: 'string', description, cell };
}

function wide(name: string, description: string, cell: Cell): TableColumn {
  return { name, type: 'string', description, priority: 1, cell };
}

const created: Cell = (object) => mapAt(object, 'metadata')['creationTimestamp'] ?? null;
const spec = (object: JsonObject) => mapAt(object, 'spec');
const status = (object: JsonObject) => mapAt(object, 'status');

const age = text('Age', 'The time since the object was created.', (object, now) => since(created(object, now), now));
const createdAt: TableColumn = { name: 'Created At', type: 'date', description: 'When the object was created.', cell: created };

const serviceColumns = [
  text('Type', 'How the Service is exposed.', (object) => textAt(spec(object), 'type')),
  text('Cluster-IP', 'The first address inside the cluster.', clusterIp),
  text('External-IP', 'The addresses from outside: of the load balancer, and those of the spec.', externalIp),
  text('Port(s)', 'The ports of the Service, with their node ports.', (object) => servicePorts(spec(object))),
  age,
  wide('Selector', 'The labels of the pods that traffic goes to.', (object) => labelText(mapAt(spec(object), 'selector'))),
];

const eventColumns = [
  text('Last Seen', 'The time since it happened last.', lastSeen),
  text('Type', 'Normal or Warning.', (event) => textAt(event, 'type')),
  text('Reason', 'One word.', (event) => textAt(event, 'reason')),
  text('Object', 'What it is about.', involvedName),
  wide('Subobject', 'Which part of that.', (event) => textAt(involved(event), 'fieldPath')),
  wide('Source', 'Who reported it.', eventSource),
  text('Message', 'What happened.', (event) => (textAt(event, 'message') || textAt(event, 'note')).trim()),
  wide('First Seen', 'The time since it happened first.', firstSeen),
  wide('Count', 'How often it happened.', eventCount),
  { ...nameColumn, priority: 1 },
];

const podColumns = [
  text('Ready', 'How many containers are ready.', readyContainers),
  text('Status', 'What the containers are doing.', podStatus),
  text('Restarts', 'How often containers were restarted.', restarts),
  age,
  wide('IP', "The pod's address.", (object) => textAt(status(object), 'podIP') || '<none>'),
  wide('Node', 'Where it runs.', (object) => textAt(spec(object), 'nodeName') || '<none>'),
  wide('Nominated Node', 'Where it will run.', (object) => textAt(status(object), 'nominatedNodeName') || '<none>'),
  wide('Readiness Gates', 'How many extra conditions hold.', () => '<none>'),
];

const deploymentColumns = [
  text('Ready', 'How many pods are ready.', (object) => `${count(status(object), 'readyReplicas')}/${count(spec(object), 'replicas')}`),
  text('Up-to-date', 'How many pods are of the newest template.', (object) => count(status(object), 'updatedReplicas')),
  text('Available', 'How many pods can be used.', (object) => count(status(object), 'availableReplicas')),
  age,
  wide('Containers', 'The names of the containers.', (object) => templateContainers(object, 'name')),
  wide('Images', 'The images of the containers.', (object) => templateContainers(object, 'image')),
  wide('Selector', 'The labels of its pods.', (object) => selectorText(mapAt(spec(object), 'selector'))),
];

const quotaColumns = [
  text('Request', 'What is used of each resource, and how much may be.', (object) => quota(object, (name) => !name.startsWith('limits.'))),
  text('Limit', 'What is used of each limit, and how much may be.', (object) => quota(object, (name) => name.startsWith('limits.'))),
  age,
];

const bindingColumns = [
  text('Role', 'What is granted.', (object) => `${textAt(mapAt(object, 'roleRef'), 'kind')}/${textAt(mapAt(object, 'roleRef'), 'name')}`),
  age,
  wide('Users', 'The users it is granted to.', (object) => subjects(object, 'User')),
  wide('Groups', 'The groups it is granted to.', (object) => subjects(object, 'Group')),
  wide('ServiceAccounts', 'The service accounts it is granted to.', (object) => subjects(object, 'ServiceAccount')),
];

const rbac = 'rbac.authorization.k8s.io';

const columns = new Map<string, readonly TableColumn[]>([
  ['/Service', serviceColumns],
  ['/Endpoints', [text('Endpoints', 'The ready addresses with their ports.', endpointAddresses), age]],
  [
    'discovery.k8s.io/EndpointSlice',
    [
      text('AddressType', 'Of which family the addresses are.', (slice) => textAt(slice, 'addressType')),
      text('Ports', 'The ports of every endpoint.', slicePorts),
      text('Endpoints', 'The addresses.', sliceAddresses),
      age,
    ],
  ],
  ['/Event', eventColumns],
  ['events.k8s.io/Event', eventColumns],
  ['/Namespace', [text('Status', 'Whether it is in use or on its way out.', (object) => textAt(status(object), 'phase')), age]],
  ['/ConfigMap', [text('Data', 'How many entries it has.', (object) => entries(object, 'data') + entries(object, 'binaryData')), age]],
  [
    '/Secret',
    [
      text('Type', 'What kind of secret it holds.', (object) => textAt(object, 'type')),
      text('Data', 'How many entries it has.', (object) => entries(object, 'data')),
      age,
    ],
  ],
  ['/ServiceAccount', [text('Secrets', 'How many secrets it may use.', (object) => listAt(object, 'secrets').length), age]],
  ['/Pod', podColumns],
  ['/ResourceQuota', quotaColumns],
  ['apps/Deployment', deploymentColumns],
  [
    'networking.k8s.io/NetworkPolicy',
    [text('Pod-Selector', 'The labels of the pods it is about.', (object) => selectorText(mapAt(spec(object), 'podSelector'))), age],
  ],
  ['coordination.k8s.io/Lease', [text('Holder', 'Who holds the lease.', (object) => textAt(spec(object), 'holderIdentity')), age]],
  [`${rbac}/Role`, [createdAt]],
  [`${rbac}/ClusterRole`, [createdAt]],
  [`${rbac}/RoleBinding`, bindingColumns],
  [`${rbac}/ClusterRoleBinding`, bindingColumns],
  ['apiextensions.k8s.io/CustomResourceDefinition', [createdAt]],
]);

function clusterIp(service: JsonObject): string {
  return texts(spec(service), 'clusterIPs')[0] ?? '<none>';
}

function externalIp(service: JsonObject): string {
  const externalIps = texts(spec(service), 'externalIPs');
  switch (textAt(spec(service), 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return externalIps.join(',') || '<none>';
    case 'LoadBalancer': {
      const ingress = objects(mapAt(status(service), 'loadBalancer'), 'ingress');
      const addresses = ingress.map((point) => textAt(point, 'ip') || textAt(point, 'hostname')).filter((address) => address !== '');
      return [...[...new Set(addresses)].sort(), ...externalIps].join(',') || '<pending>';
    }
    case 'ExternalName':
      return textAt(spec(service), 'externalName');
    default:
      return '<unknown>';
  }
}

function servicePorts(of: JsonObject): string {
  const ports = objects(of, 'ports').map((port) => {
    const nodePort = count(port, 'nodePort');
    return `${count(port, 'port')}${nodePort > 0 ? `:${nodePort}` : ''}/${textAt(port, 'protocol')}`;
  });
  return ports.join(',') || '<none>';
}

/** Three at most, and how many more there are. */
function shortened(all: readonly string[]): string {
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

function endpointAddresses(endpoints: JsonObject): string {
  const subsets = objects(endpoints, 'subsets');
  if (subsets.length === 0) return '<none>';
  const addresses = subsets.flatMap((subset) => {
    const ips = objects(subset, 'addresses').map((address) => textAt(address, 'ip'));
    const ports = objects(subset, 'ports');
    if (ports.length === 0) return ips;
    return ports.flatMap((port) => ips.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${count(port, 'port')}`));
  });
  return shortened(addresses);
}

function slicePorts(slice: JsonObject): string {
  const ports = objects(slice, 'ports').map((port) =>
    typeof port['port'] === 'number' ? String(port['port']) : textAt(port, 'name') || '*',
  );
  return shortened(ports) || '<unset>';
}

function sliceAddresses(slice: JsonObject): string {
  return shortened(objects(slice, 'endpoints').flatMap((endpoint) => texts(endpoint, 'addresses'))) || '<unset>';
}

/** The field of core's Events, or the one of events.k8s.io's. */
function involved(event: JsonObject): JsonObject {
  return mapAt(event, Object.hasOwn(event, 'regarding') ? 'regarding' : 'involvedObject');
}

function involvedName(event: JsonObject): string {
  const kind = textAt(involved(event), 'kind').toLowerCase();
  const name = textAt(involved(event), 'name');
  return name === '' ? kind : `${kind}/${name}`;
}

function eventSource(event: JsonObject): string {
  const source = mapAt(event, Object.hasOwn(event, 'deprecatedSource') ? 'deprecatedSource' : 'source');
  const component = textAt(source, 'component') || textAt(event, 'reportingComponent') || textAt(event, 'reportingController');
  const place = textAt(source, 'host') || textAt(event, 'reportingInstance');
  return place === '' ? component : `${component}, ${place}`;
}

function firstSeen(event: JsonObject, now: Date): string {
  return since(event['firstTimestamp'] ?? event['deprecatedFirstTimestamp'] ?? event['eventTime'], now);
}

function lastSeen(event: JsonObject, now: Date): string {
  const series = event['series'];
  if (isMap(series)) return since(series['lastObservedTime'], now);
  const last = event['lastTimestamp'] ?? event['deprecatedLastTimestamp'];
  return typeof last === 'string' ? since(last, now) : firstSeen(event, now);
}

function eventCount(event: JsonObject): number {
  const series = event['series'];
  if (isMap(series)) return count(series, 'count');
  return count(event, 'count') || count(event, 'deprecatedCount') || 1;
}

function readyContainers(pod: JsonObject): string {
  const ready = objects(status(pod), 'containerStatuses').filter((container) => container['ready'] === true);
  return `${ready.length}/${objects(spec(pod), 'containers').length}`;
}

function podStatus(pod: JsonObject): string {
  if (mapAt(pod, 'metadata')['deletionTimestamp'] !== undefined) return 'Terminating';
  return textAt(status(pod), 'reason') || textAt(status(pod), 'phase') || 'Pending';
}

function restarts(pod: JsonObject): string {
  const counts = objects(status(pod), 'containerStatuses').map((container) => count(container, 'restartCount'));
  return String(counts.reduce((sum, one) => sum + one, 0));
}

function templateContainers(deployment: JsonObject, field: 'name' | 'image'): string {
  const containers = objects(mapAt(mapAt(spec(deployment), 'template'), 'spec'), 'containers');
  return containers.map((container) => textAt(container, field)).join(',');
}

function quota(object: JsonObject, included: (name: string) => boolean): string {
  const hard = mapAt(status(object), 'hard');
  const used = mapAt(status(object), 'used');
  const names = Object.keys(hard).filter(included).sort();
  return names.map((name) => `${name}: ${quantity(used, name)}/${quantity(hard, name)}`).join(', ');
}

function quantity(of: JsonObject, name: string): string {
  const value = of[name];
  return value === undefined || value === null ? '0' : String(value);
}

function subjects(binding: JsonObject, kind: string): string {
  const found = objects(binding, 'subjects').filter((subject) => textAt(subject, 'kind') === kind);
  return found.map((subject) => (kind === 'ServiceAccount' ? `${textAt(subject, 'namespace')}/` : '') + textAt(subject, 'name')).join(', ');
}

/** A label selector as text: `app=web,tier in (a,b),!old`. */
function selectorText(selector: JsonObject): string {
  const labels = Object.entries(mapAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${value}`);
  const expressions = objects(selector, 'matchExpressions').map((expression) => {
    const key = textAt(expression, 'key');
    const values = `(${[...texts(expression, 'values')].sort().join(',')})`;
    switch (textAt(expression, 'operator')) {
      case 'In':
        return `${key} in ${values}`;
      case 'NotIn':
        return `${key} notin ${values}`;
      case 'Exists':
        return key;
      default:
        return `!${key}`;
    }
  });
  return [...labels, ...expressions].sort().join(',') || '<none>';
}

function labelText(labels: JsonObject): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || '<none>';
}

function entries(object: JsonObject, field: string): number {
  return Object.keys(mapAt(object, field)).length;
}

function objects(of: JsonObject, field: string): readonly JsonObject[] {
  return listAt(of, field).filter(isMap);
}

function texts(of: JsonObject, field: string): readonly string[] {
  return listAt(of, field).filter((item) => typeof item === 'string');
}

function count(of: JsonObject, field: string): number {
  const value = of[field];
  return typeof value === 'number' ? value : 0;
}
