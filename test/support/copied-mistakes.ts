import { type Edit, edited } from '../../src/core/repair/edit.ts';
import { type FieldPath, valueAt } from '../../src/model/field-path.ts';
import { isList, type Json, type JsonObject } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';

/** A VirtualMachineService with some of what people bring along from a Service, a Deployment, or the output of kubectl. */
export function withCopiedMistakes(object: JsonObject, random: () => number): JsonObject {
  return mistakes.reduce((before, mistake) => (random() < 0.25 ? applied(before, mistake(before)) : before), object);
}

function applied(object: JsonObject, edits: readonly Edit[]): JsonObject {
  const after = edits.reduce<Json | undefined>((before, edit) => (before === undefined ? undefined : edited(before, edit)), object);
  return isMap(after) ? after : object;
}

type Mistake = (object: JsonObject) => readonly Edit[];

const mistakes: readonly Mistake[] = [
  remove('spec', 'type'),
  set('spec', 'type')('loadbalancer'),
  rename('clusterIP')('spec', 'clusterIp'),
  set('spec', 'clusterIP')('None'),
  set('spec', 'externalTrafficPolicy')('Local'),
  set('spec', 'sessionAffinity')('None'),
  set('spec', 'sessionAffinityConfig')({ clientIP: { timeoutSeconds: 3 } }),
  set('spec', 'internalTrafficPolicy')('Cluster'),
  set('spec', 'loadBalancerSourceRanges')(['10.1.2.3/24', '10.1.2.3', ' fd00:0::/8']),
  set('spec', 'loadBalancerSourceRanges')('10.0.0.0/8, 10.2.0.0/16'),
  rename('loadbalancerIP')('spec', 'loadBalancerIP'),
  rename('Selector')('spec', 'selector'),
  (object) => [
    { kind: 'set', path: ['spec', 'selector'], value: { matchLabels: valueAt(object, ['spec', 'selector']) ?? {}, matchExpressions: [] } },
  ],
  set('spec', 'selector', 'version')(1.5),
  set('metadata', 'labels')({ build: 20261128, 'is-new': true }),
  set('metadata', 'annotations')({ 'vmoperator.vmware.com/conversion': '{}' }),
  set('metadata', 'annotations')({ 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy': 'local', count: 3 }),
  rename('lables')('metadata', 'labels'),
  eachPort((path) => ({ kind: 'remove', path: [...path, 'name'] })),
  eachPort((path) => ({ kind: 'remove', path: [...path, 'protocol'] })),
  eachPort((path) => ({ kind: 'remove', path: [...path, 'targetPort'] })),
  eachPort((path) => ({ kind: 'set', path: [...path, 'protocol'], value: 'tcp' })),
  eachPort((path, index) => ({ kind: 'set', path: [...path, 'nodePort'], value: 30080 + index })),
  eachPort((path, index) => ({ kind: 'set', path: [...path, 'name'], value: `My_Port.${index}` })),
  eachPort((path, index) => ({ kind: 'set', path: [...path, 'targetPort'], value: String(8080 + index) })),
  eachPort((path) => ({ kind: 'set', path: [...path, 'targetPort'], value: 'http' })),
  eachPort((path) => ({ kind: 'set', path: [...path, 'appProtocol'], value: 'http' })),
  (object) => {
    const ports = valueAt(object, ['spec', 'ports']);
    return isList(ports) ? [{ kind: 'set', path: ['spec', 'ports'], value: [...ports, ...ports] }] : [];
  },
];

function set(...path: FieldPath) {
  return (value: Json): Mistake =>
    () => [{ kind: 'set', path, value }];
}

function remove(...path: FieldPath): Mistake {
  return () => [{ kind: 'remove', path }];
}

function rename(key: string) {
  return (...path: FieldPath): Mistake =>
    () => [{ kind: 'rename', path, key }];
}

function eachPort(change: (path: FieldPath, index: number) => Edit): Mistake {
  return (object) => {
    const ports = valueAt(object, ['spec', 'ports']);
    return isList(ports) ? ports.map((_, index) => change(['spec', 'ports', index], index)) : [];
  };
}
