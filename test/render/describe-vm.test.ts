import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { traceService } from '../../src/core/trace/trace.ts';
import { traceVm } from '../../src/core/trace/vm-trace.ts';
import { renderDescribeVm } from '../../src/render/describe-vm.ts';
import { plainStyle } from '../../src/render/style.ts';
import { vmTraceDocument } from '../../src/render/trace-document.ts';
import { aService, aVm, aVmService, someEndpoints } from '../support/builders.ts';
import { seenWorld } from '../support/seen-world.ts';

const listed = 'in the Endpoints, which the controller leaves alone without a selector';

describe('a VM in Endpoints that are kept by hand', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const [one, two] = [aVm('web-1', { namespace: 'prod', ip: '10.1.0.11' }), aVm('web-2', { namespace: 'prod', ip: '10.1.0.12' })];
  const byHand = (name: string) => aVmService(name, { namespace: 'prod', type: 'ClusterIP', selector: {} });
  const service = (name: string) => aService(name, { namespace: 'prod', type: 'ClusterIP' });
  const vmServices = ['admin', 'bare', 'others', 'waits'].map(byHand);
  const world = seenWorld([
    ...vmServices,
    one,
    two,
    ...['admin', 'bare', 'others', 'waits'].map(service),
    someEndpoints('admin', { namespace: 'prod', ready: [one, two] }),
    someEndpoints('bare', { namespace: 'prod', ready: ['10.1.0.11', '192.0.2.1'] }),
    someEndpoints('others', { namespace: 'prod', ready: [two, '192.0.2.1'] }),
    someEndpoints('waits', { namespace: 'prod', notReady: [one] }),
  ]);
  const traces = vmServices.map((vmService) => traceService(vmService, world, { now, others: false, compareService: false }));
  const trace = traceVm(one, traces, world.snapshot.vmServices);
  const time = () => '3d';

  test('receives traffic from those services, and not from the ones without it', () => {
    const text = renderDescribeVm(trace, time, plainStyle(true), undefined);
    assert.equal(
      text.slice(text.indexOf('Receives')),
      `Receives traffic from:
  ✓ admin      10.96.0.15:80           READY      ${listed}
  ✓ bare       10.96.0.15:80           READY      ${listed}
  ! waits      10.96.0.15:80           NOT READY  ${listed}

Does not receive from:
  · others     10.96.0.15:80           its selector is empty: it selects no VM
`,
    );
  });

  test('the document says the same', () => {
    const { services, notSelectedBy } = vmTraceDocument(trace, [], time);
    const entry = { name: 'web-1', uid: one.metadata.uid, reason: 'ListedByHand', message: listed, since: null, addresses: ['10.1.0.11'] };
    assert.deepEqual(services, [
      { service: 'admin', ...entry, state: 'Ready' },
      { service: 'bare', ...entry, state: 'Ready' },
      { service: 'waits', ...entry, state: 'NotReady' },
    ]);
    assert.deepEqual(notSelectedBy, ['others']);
  });
});

test('a VM of which nothing was made yet is said to be ready, and to receive nothing', () => {
  const vm = aVm('web-1', { ip: '10.1.0.11', labels: { app: 'web' } });
  const vmServices = ['new', 'half'].map((name) => aVmService(name, { type: 'ClusterIP', selector: { app: 'web' } }));
  const world = seenWorld([...vmServices, vm, aService('half', { type: 'ClusterIP' })]);
  const traces = vmServices.map((vmService) => traceService(vmService, world, { now: new Date(), others: false, compareService: false }));
  const text = renderDescribeVm(traceVm(vm, traces, world.snapshot.vmServices), () => '3d', plainStyle(true), undefined);
  const ready = 'READY  has no readiness probe, so it always counts as ready; no traffic yet';
  assert.equal(
    text.slice(text.indexOf('Receives')),
    `Receives traffic from:
  ! half       10.96.0.15:80           ${ready}: there are no Endpoints
  ! new        <none>:80               ${ready}: there is no Service
`,
  );
});
