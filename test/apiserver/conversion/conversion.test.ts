import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiServer } from '../../../src/apiserver/server.ts';
import type { JsonObject, KubeObject } from '../../../src/model/object.ts';
import { anApiServer } from '../../support/api-server.ts';
import { ask } from '../../support/ask.ts';
import { type RecordedConversion, readConversions } from '../../support/conformance.ts';

const versions = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4', 'v1alpha5', 'v1alpha6'] as const;
const carrier = 'vmoperator.vmware.com/conversion';
const vmServices = readConversions().filter(({ object }) => object.kind === 'VirtualMachineService');

function target(object: KubeObject, version: string) {
  const { name, namespace } = object.metadata;
  return { apiVersion: `vmoperator.vmware.com/${version}`, kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Without what a server adds, and with the annotation's object as a value: the order of its fields is nobody's concern. */
function comparable(object: KubeObject | JsonObject): JsonObject {
  const { metadata, ...rest } = JSON.parse(JSON.stringify(object));
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _time,
    generation: _generation,
    managedFields: _managers,
    ...meta
  } = metadata;
  const carried = meta.annotations?.[carrier];
  const annotations = carried === undefined ? meta.annotations : { ...meta.annotations, [carrier]: JSON.parse(carried) };
  return { ...rest, metadata: annotations === undefined ? meta : { ...meta, annotations } };
}

function aServer({ object }: RecordedConversion): ApiServer {
  const server = anApiServer();
  server.load([object]);
  return server;
}

suite('VirtualMachineServices in every version of main', () => {
  test('read as the operator converts them', () => {
    assert.ok(vmServices.length > 50);
    for (const line of vmServices) {
      const server = aServer(line);
      for (const version of versions) {
        // What is stored in the version that is asked for is not converted at all.
        if (line.object.apiVersion.endsWith('v1alpha6') && version === 'v1alpha6') continue;
        const read = ask(server, 'get', target(line.object, version)).body;
        assert.deepEqual(comparable(read), comparable(line.as[version]), `${line.id} as ${version}`);
      }
    }
  });

  test('scenarios 144 and 145: read through an older version and written back unchanged, they are what the operator makes of them', () => {
    for (const line of vmServices) {
      for (const version of versions.slice(0, 5)) {
        const server = aServer(line);
        const read = ask(server, 'get', target(line.object, version)).body;
        const written = ask(server, 'update', target(line.object, version), { body: read });
        assert.equal(written.code, 200, `${line.id}: ${String(written.body.message)}`);
        const stored = ask(server, 'get', target(line.object, 'v1alpha6')).body;
        const expected = line.backThrough?.[version] ?? line.as.v1alpha6;
        const withStatus = { status: { loadBalancer: {} }, ...stored };
        assert.deepEqual(comparable(withStatus), comparable(expected), `${line.id} through ${version}`);
      }
    }
  });

  test('scenario 146: written back through an older version without the annotation, they lose what that version cannot say', () => {
    const server = anApiServer();
    const spec = { type: 'LoadBalancer', ports: [], ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv6'] };
    server.load([
      Object.assign(
        { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', metadata: { name: 'web', namespace: 'default' } },
        { spec },
      ),
    ]);
    const older = { apiVersion: 'vmoperator.vmware.com/v1alpha1', kind: 'VirtualMachineService', name: 'web' };
    const body = { metadata: { annotations: null } };
    assert.equal(ask(server, 'patch', older, { patchType: 'merge', body }).code, 200);
    const stored = ask(server, 'get', { ...older, apiVersion: 'vmoperator.vmware.com/v1alpha6' }).body;
    assert.deepEqual([stored.spec, Object(stored.metadata).annotations], [{ type: 'LoadBalancer' }, undefined]);
  });

  test('scenario 147: a status that is written through an older version is not taken while the annotation has another', () => {
    const server = anApiServer();
    const status = { loadBalancer: { ingress: [{ ip: '10.20.0.15' }] } };
    server.load([
      Object.assign(
        { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', metadata: { name: 'web', namespace: 'default' } },
        { spec: { type: 'LoadBalancer', ports: [] }, status },
      ),
    ]);
    const older = { apiVersion: 'vmoperator.vmware.com/v1alpha2', kind: 'VirtualMachineService', name: 'web' };
    const read = ask(server, 'get', older).body;
    assert.ok(carrier in Object(Object(read.metadata).annotations));
    const body = { ...read, status: { loadBalancer: { ingress: [{ ip: '10.20.0.99' }] } } };
    const written = ask(server, 'update', older, { subresource: 'status', body });
    assert.equal(written.code, 200, String(written.body.message));
    assert.deepEqual(ask(server, 'get', { ...older, apiVersion: 'vmoperator.vmware.com/v1alpha6' }).body.status, status);
  });
});

suite('older releases', () => {
  test('convert VirtualMachineServices without an annotation', () => {
    const server = anApiServer({ profile: 'D' });
    const spec = { type: 'ClusterIP', ports: [] };
    server.load([
      Object.assign(
        { apiVersion: 'vmoperator.vmware.com/v1alpha5', kind: 'VirtualMachineService', metadata: { name: 'web', namespace: 'default' } },
        { spec },
      ),
    ]);
    const { body, warnings } = ask(server, 'get', {
      apiVersion: 'vmoperator.vmware.com/v1alpha1',
      kind: 'VirtualMachineService',
      name: 'web',
    });
    assert.deepEqual([body.apiVersion, body.spec, Object(body.metadata).annotations], ['vmoperator.vmware.com/v1alpha1', spec, undefined]);
    const advice = 'use vmoperator.vmware.com/v1alpha5 VirtualMachineService';
    assert.deepEqual(warnings, [`vmoperator.vmware.com/v1alpha1 VirtualMachineService is deprecated; ${advice}`]);
  });
});
