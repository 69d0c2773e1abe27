import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiServer } from '../../../src/apiserver/server.ts';
import type { JsonObject, KubeObject, OwnerReference } from '../../../src/model/object.ts';
import { anApiServer } from '../../support/api-server.ts';
import { ask } from '../../support/ask.ts';

function anObject(name: string, owners: readonly OwnerReference[] = [], finalizers: readonly string[] = []): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ownerReferences: owners, finalizers },
  };
}

function owner(name: string, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: `uid-${name}`, ...more };
}

function aServer(...objects: readonly KubeObject[]): ApiServer {
  const server = anApiServer({ controllers: ['garbage-collector'] });
  server.load(objects);
  return server;
}

function names(server: ApiServer): readonly string[] {
  return server
    .objects()
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata }) => metadata.name)
    .sort();
}

function metadataOf(server: ApiServer, name: string): KubeObject['metadata'] | undefined {
  return server.objects().find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.metadata;
}

function remove(server: ApiServer, name: string, propagationPolicy: 'Orphan' | 'Background' | 'Foreground' = 'Background'): void {
  ask(server, 'delete', { kind: 'ConfigMap', name }, { options: { propagationPolicy } });
}

function patch(server: ApiServer, name: string, metadata: JsonObject): void {
  ask(server, 'patch', { kind: 'ConfigMap', name }, { patchType: 'merge', body: { metadata } });
}

suite('the garbage collector', () => {
  test('deletes what an object owned, and what that owned', () => {
    const server = aServer(anObject('a'), anObject('b', [owner('a')]), anObject('c', [owner('b')]), anObject('d'));
    remove(server, 'a');
    assert.deepEqual(names(server), ['d']);
  });

  test('deletes an object whose owner is another object of the same name', () => {
    assert.deepEqual(names(aServer(anObject('a'), anObject('b', [owner('a', { uid: 'uid-before' })]))), ['a']);
  });

  test('leaves an object alone whose owner is of a kind that nobody serves', () => {
    const unknown = owner('x', { apiVersion: 'example.test/v1', kind: 'Unknown' });
    assert.deepEqual(names(aServer(anObject('b', [unknown]))), ['b']);
  });

  test('takes one of two owners off the list when it goes', () => {
    const server = aServer(anObject('a'), anObject('b'), anObject('c', [owner('a'), owner('b')]));
    remove(server, 'a');
    assert.deepEqual(names(server), ['b', 'c']);
    assert.deepEqual(metadataOf(server, 'c')?.ownerReferences, [owner('b')]);
  });

  test('frees the children of an orphaning deletion before the owner goes', () => {
    const server = aServer(anObject('a'), anObject('b', [owner('a')]));
    remove(server, 'a', 'Orphan');
    assert.deepEqual(names(server), ['b']);
    assert.equal(metadataOf(server, 'b')?.ownerReferences, undefined);
  });

  test('lets an owner that is deleted in the foreground wait for the children that block it', () => {
    const held = anObject('b', [owner('a', { blockOwnerDeletion: true })], ['example.test/hold']);
    const server = aServer(anObject('a'), held, anObject('c', [owner('a')]));
    remove(server, 'a', 'Foreground');
    assert.deepEqual(names(server), ['a', 'b']);
    assert.deepEqual(metadataOf(server, 'a')?.finalizers, ['foregroundDeletion']);
    patch(server, 'b', { finalizers: null });
    assert.deepEqual(names(server), []);
  });

  test('does not wait for children that do not block', () => {
    const server = aServer(anObject('a'), anObject('b', [owner('a')], ['example.test/hold']));
    remove(server, 'a', 'Foreground');
    assert.deepEqual(names(server), ['b']);
    assert.ok(metadataOf(server, 'b')?.deletionTimestamp !== undefined);
  });

  test('does nothing on a server that runs without it', () => {
    const server = anApiServer();
    server.load([anObject('b', [owner('a')])]);
    assert.deepEqual(names(server), ['b']);
  });
});

suite('a namespace that is deleted', () => {
  test('takes its contents along and goes', () => {
    const server = anApiServer();
    server.load([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'team' } }]);
    ask(server, 'delete', { kind: 'Namespace', name: 'team' });
    assert.deepEqual(
      server.objects().map(({ kind, metadata }) => `${kind}/${metadata.name}`),
      ['Namespace/default'],
    );
  });

  test('waits for objects with finalizers', () => {
    const server = anApiServer();
    const metadata = { name: 'a', namespace: 'team', finalizers: ['example.test/hold'] };
    server.load([{ apiVersion: 'v1', kind: 'ConfigMap', metadata }]);
    ask(server, 'delete', { kind: 'Namespace', name: 'team' });
    assert.equal(ask(server, 'get', { kind: 'Namespace', name: 'team' }).code, 200);
    ask(
      server,
      'patch',
      { kind: 'ConfigMap', name: 'a', namespace: 'team' },
      { patchType: 'merge', body: { metadata: { finalizers: null } } },
    );
    assert.equal(ask(server, 'get', { kind: 'Namespace', name: 'team' }).code, 404);
  });
});
