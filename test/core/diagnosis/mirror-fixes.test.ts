import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { repointMirror } from '../../../src/core/diagnosis/mirror-fixes.ts';
import { type MirrorPlace, mirrorsIn } from '../../../src/core/diagnosis/mirror-place.ts';
import { aService, someEndpoints } from '../../support/builders.ts';

const ports = [{ name: 'pg', protocol: 'TCP', port: 5432, targetPort: 15432 }];
const source = aService('db', { namespace: 'team-a', ports, ingress: ['10.20.0.77'] });

/** The commands that point the copy `default/db` of that place at the source. */
function commands(service: ReturnType<typeof aService> | undefined, context?: string, from = source): readonly string[] {
  const annotations = { 'vmsvc.mirror/source': 'sv/team-a/db' };
  const endpoints = someEndpoints('db', {
    namespace: 'default',
    annotations,
    ready: ['10.20.0.31'],
    ports: [{ port: 1, protocol: 'TCP' }],
  });
  const place: MirrorPlace = {
    context,
    services: { items: service === undefined ? [] : [service] },
    endpoints: { items: [endpoints] },
    mayWrite: true,
  };
  return mirrorsIn(place).flatMap((mirror) =>
    repointMirror(mirror, from).map((fix) => (fix.kind === 'command' ? fix.words.join(' ') : fix.text)),
  );
}

suite('a copy is pointed at its source with kubectl alone', () => {
  test('by its Endpoints, with the port of the service and the name that the copy gives it', () => {
    const copy = aService('db', {
      namespace: 'default',
      type: 'ClusterIP',
      ports: [{ name: 'sql', protocol: 'TCP', port: 5432, targetPort: 5432 }],
    });
    assert.deepEqual(commands(copy, 'tkc1'), [
      'kubectl --context tkc1 patch endpoints db --type merge -p {"subsets":[{"addresses":[{"ip":"10.20.0.77"}],"ports":[{"name":"sql","port":5432,"protocol":"TCP"}]}]} -n default',
    ]);
  });

  test('by its Service as well, where that has a port that the source has not', () => {
    const copy = aService('db', {
      namespace: 'default',
      type: 'ClusterIP',
      ports: [{ name: 'x', protocol: 'TCP', port: 99, targetPort: 99 }],
    });
    assert.deepEqual(commands(copy), [
      'kubectl patch svc db --type merge -p {"spec":{"selector":null,"ports":[{"name":"pg","port":5432,"protocol":"TCP"}]}} -n default',
      'kubectl patch endpoints db --type merge -p {"subsets":[{"addresses":[{"ip":"10.20.0.77"}],"ports":[{"name":"pg","port":5432,"protocol":"TCP"}]}]} -n default',
    ]);
  });

  test('with a Service that is made first, and loses the selector that kubectl gives it, where there is none', () => {
    assert.deepEqual(commands(undefined), [
      'kubectl create service clusterip db --tcp=5432 -n default',
      'kubectl patch svc db --type merge -p {"spec":{"selector":null,"ports":[{"name":"pg","port":5432,"protocol":"TCP"}]}} -n default',
      'kubectl patch endpoints db --type merge -p {"subsets":[{"addresses":[{"ip":"10.20.0.77"}],"ports":[{"name":"pg","port":5432,"protocol":"TCP"}]}]} -n default',
    ]);
  });

  test('by words alone, where the source has no address yet', () => {
    assert.deepEqual(commands(undefined, 'tkc1', aService('db', { namespace: 'team-a', ports, ingress: [] })), [
      'write the address into Endpoints tkc1:default/db once there is one',
    ]);
  });
});
