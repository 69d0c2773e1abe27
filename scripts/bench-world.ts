import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, jsonOf, type KubeObject } from '../src/model/object.ts';
import { isMap } from '../src/model/raw-json.ts';
import { aWorld } from '../test/support/world.ts';
import { type Bench, ended, serving } from './bench-measure.ts';

/** Ten namespaces with so many services each, every one with ten VMs as heavy as those of a Supervisor. */
export function benchWorld(services: number): readonly (readonly KubeObject[])[] {
  const world = aWorld({ seed: 1, namespaces: 10, services, vms: 10, version: 'v1alpha5' });
  const heavy = world.map((object, index) => (object.kind === 'VirtualMachine' ? withEverything(object, index) : object));
  return [...Map.groupBy(heavy, ({ metadata }) => metadata.namespace).values()];
}

/** Does something while a sandbox serves such a world. */
export async function withSandboxOf(perNamespace: number, { plugin, env, kubeconfig, folder }: Bench, act: () => void): Promise<void> {
  const file = join(folder, 'many.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: benchWorld(perNamespace).flat() }));
  rmSync(kubeconfig, { force: true });
  const args = ['sandbox', '--release', '9.1', '--load', file, '--controllers=none', '--write-kubeconfig', kubeconfig];
  const child = spawn(plugin, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await serving(child);
    act();
  } finally {
    await ended(child);
  }
}

/** A VM with what a deployed one has: about 3.2 kB of JSON, nearly half of it managedFields. */
function withEverything(vm: KubeObject, index: number): KubeObject {
  const { spec, status } = jsonOf(vm);
  const digits = String(index).padStart(12, '0');
  const own = { ...fieldsOf(spec), ...deployed(digits) };
  const { name } = vm.metadata;
  const seen = { ...fieldsOf(status), ...observed(name, digits, fieldsOf(fieldsOf(status)['network'])) };
  const conditions = [...listOf(fieldsOf(status)['conditions']), ...steps.map(done)];
  const whole = { spec: own, status: { ...seen, conditions } };
  const annotations = {
    'vmoperator.vmware.com/created-at-build-version': '1.9.2+4f2a9b0',
    'vmoperator.vmware.com/created-at-schema-version': 'v1alpha5',
  };
  const managedFields = [
    written('kubectl-client-side-apply', { metadata: { annotations, labels: { ...vm.metadata.labels } }, spec: own }),
    written('manager', { status: whole.status }, 'status'),
  ];
  return { ...vm, metadata: { ...vm.metadata, annotations, managedFields }, ...whole };
}

function deployed(digits: string): JsonObject {
  return {
    biosUUID: `4207a4c1-7a5c-4d0e-9a3b-${digits}`,
    instanceUUID: `5007c1aa-28a0-4c5f-8d21-${digits}`,
    image: { kind: 'VirtualMachineImage', name: 'vmi-0123456789abcdef0' },
    storageClass: 'wcp-default-storage-profile',
    network: { interfaces: [{ name: 'eth0', network: { apiVersion: 'crd.nsx.vmware.com/v1alpha1', kind: 'SubnetSet', name: 'vm' } }] },
  };
}

function observed(hostName: string, digits: string, network: JsonObject): JsonObject {
  const address = `${String(network['primaryIP4'] ?? '10.255.0.1')}/16`;
  return {
    biosUUID: `4207a4c1-7a5c-4d0e-9a3b-${digits}`,
    instanceUUID: `5007c1aa-28a0-4c5f-8d21-${digits}`,
    uniqueID: `vm-${Number(digits)}`,
    nodeName: 'esx-17.example.com',
    zone: 'domain-c9',
    network: {
      ...network,
      hostName,
      interfaces: [{ name: 'eth0', deviceKey: 4000, ip: { addresses: [{ address, state: 'preferred' }], macAddr: '04:50:56:00:a1:b2' } }],
    },
    volumes: [{ name: hostName, type: 'Classic', attached: true }],
  };
}

/** What VM Operator has done for every VM. */
const steps = ['VirtualMachineClassReady', 'VirtualMachineImageReady', 'VirtualMachineCreated'];

function done(type: string): JsonObject {
  return { type, status: 'True', reason: 'True', message: '', lastTransitionTime: '2026-11-10T12:00:00Z' };
}

function written(manager: string, parts: JsonObject, subresource?: string): JsonObject {
  const head = { manager, operation: 'Update', apiVersion: 'vmoperator.vmware.com/v1alpha5', time: '2026-11-10T12:00:00Z' };
  return { ...head, fieldsType: 'FieldsV1', fieldsV1: ownedFields(parts), ...(subresource !== undefined && { subresource }) };
}

/** As a server writes down who owns what: lists whole, but for conditions. */
function ownedFields(value: JsonObject): JsonObject {
  const owned = Object.entries(value).map(([field, below]): [string, JsonObject] => {
    if (field === 'conditions') return ['f:conditions', Object.fromEntries(listOf(below).map(ownedCondition))];
    return [`f:${field}`, isMap(below) ? ownedFields(below) : {}];
  });
  return Object.fromEntries(owned);
}

function ownedCondition(condition: JsonObject): [string, JsonObject] {
  return [`k:${JSON.stringify({ type: condition['type'] })}`, { '.': {}, ...ownedFields(condition) }];
}

function fieldsOf(value: unknown): JsonObject {
  return isMap(value) ? value : {};
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}
