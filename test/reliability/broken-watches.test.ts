import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ObjectRef } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { openWatches } from '../support/fault-proxy.ts';
import { throughProxy } from '../support/through-proxy.ts';
import { until } from '../support/until.ts';

const web = aVmService('web', { ingress: ['10.20.0.15'] });
const owned = { owners: [ownedBy(web)] };
const vms = ['web-1', 'web-2'].map((name, index) => aVm(name, { labels: { app: 'web' }, ip: `10.1.0.1${index}` }));
const world = [web, ...vms, aService('web', { ...owned, ingress: ['10.20.0.15'] }), someEndpoints('web', { ...owned, ready: vms })];

const vm: ObjectRef = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachine', namespace: 'prod', name: 'web-2' };

describe('debug -w, while its watches break off in the middle', () => {
  test('tells each change of the findings once, whatever ended them, and nothing that did not happen', async () => {
    const { supervisor, proxy } = await throughProxy(world);
    const watches = openWatches();
    proxy.on({ path: 'watch=true' }, watches.fault);
    const { io, ended } = supervisor.start('debug web -n prod -w', { env: { KUBECONFIG: proxy.kubeconfig } });
    const label = (app: string) =>
      supervisor.cluster.patch(vm, { metadata: { labels: { app } } }, { dryRun: 'none', fieldManager: 'other' });
    await until(
      () => io.out().includes('2 of 2 VMs ready'),
      () => io.out() + io.err(),
    );
    const all = watches.count();
    assert.ok(all >= 5, `only ${all} watches`);
    const again = () =>
      until(
        () => watches.count() >= all,
        () => `${watches.count()} of ${all} watches came back: ${io.err()}`,
      );

    // What happens while nobody listens is seen afterwards, once.
    for (const [end, app, mark] of [
      [() => watches.reset(), 'drained', 'appeared'],
      [() => watches.reset('torn'), 'web', 'cleared'],
      [() => watches.expire(), 'drained', 'appeared'],
    ] as const) {
      const already = marksIn(io.out()).length;
      await Promise.all([end(), label(app)]);
      await until(
        () => marksIn(io.out()).length > already,
        () => `nothing ${mark}: ${io.out()}${io.err()}`,
      );
      await again();
    }
    // Where nothing happened, nothing is said.
    const before = io.out();
    await watches.reset();
    await again();
    assert.equal(io.out(), before);

    io.interrupt('SIGINT');
    const { code, err } = await ended;
    assert.equal(code, 130);
    assert.deepEqual(marksIn(before), ['appeared VMS502', 'cleared VMS502', 'appeared VMS502']);
    const { host } = new URL(proxy.access.server);
    const lines = [`Unable to connect to the server: ${host} closed the connection; trying again`, 'the server is back'];
    // How many losses become one trouble is a matter of time; one trouble is told once, and so is its end.
    const told = err.trimEnd().split('\n');
    assert.deepEqual(
      told,
      told.map((_, index) => lines[index % 2]),
    );
  });
});

/** `appeared VMS502` */
function marksIn(out: string): readonly string[] {
  return out.split('\n').flatMap((line) => /(appeared|cleared) .* (VMS\d+) /.exec(line)?.slice(1).join(' ') ?? []);
}
