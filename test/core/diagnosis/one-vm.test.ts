import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubeObject } from '../../../src/model/object.ts';
import { aVm } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, service, slice, svc, two, web, without } from '../../support/diagnosed.ts';
import { aSupervisor } from '../../support/supervisor.ts';

/** What `debug vm/NAME` finds, as `error VMS602 Service/svc: message`, and whether it fails. */
async function saidOf(name: string, world: readonly KubeObject[]) {
  const supervisor = await aSupervisor(world);
  const { code, out } = await supervisor.run(`debug vm/${name} -n prod -o json`);
  const { findings }: { findings: readonly Record<'severity' | 'code' | 'object' | 'message', string>[] } = JSON.parse(out);
  const told = findings.filter(({ severity }) => severity !== 'info');
  return { code, told: told.map((finding) => `${finding.severity} ${finding.code} ${finding.object}: ${finding.message}`) };
}

suite('debug of one VM', () => {
  test('tells of its Service and the load balancer where they keep traffic from it', async () => {
    const pending = healthyBut(svc({ ingress: [] }), service({ ingress: [] }));
    assert.deepEqual(await saidOf('web-1', pending), {
      code: 1,
      told: ['error VMS602 Service/svc: Nothing gives the Service an address: is a load balancer at work here?'],
    });
  });

  test('tells of Endpoints that lack it, and of nothing where they lack another', async () => {
    const lacking = healthyBut(endpoints({ ready: [one] }), slice(['10.0.0.1']));
    assert.deepEqual(await saidOf('web-2', lacking), {
      code: 0,
      told: ['warning VMS501 Endpoints/svc: The Endpoints lack web-2, though 2 VMs qualify'],
    });
    assert.deepEqual(await saidOf('web-1', lacking), { code: 0, told: [] });
  });

  test('tells nothing of what is wrong with another VM', async () => {
    const off = healthyBut(web('web-2', { ip: '10.0.0.2', power: 'off' }));
    assert.deepEqual(await saidOf('web-1', off), { code: 0, told: [] });
  });

  test('finds its labels where no selector looks, which is an error where nothing else is selected', async () => {
    const misplaced = aVm('web-9', { annotations: { app: 'web' }, ip: '10.0.0.9' });
    const message = 'VMS204 VirtualMachine/web-9: The labels of web-9 are not where selectors look';
    assert.deepEqual(await saidOf('web-9', [...healthy, misplaced]), { code: 0, told: [`warning ${message}`] });
    const alone = [...without(healthy, 'VirtualMachine', 'EndpointSlice', 'Endpoints'), endpoints(), misplaced];
    assert.deepEqual(await saidOf('web-9', alone), { code: 1, told: [`error ${message}`] });
  });

  test('says which pairs of a selector it lacks where it has others', async () => {
    const strict = svc({ selector: { app: 'web', tier: 'front' } });
    const supervisor = await aSupervisor([strict, two, service()]);
    const { out } = await supervisor.run('debug vm/web-2 -n prod');
    assert.match(out, /^ {9}svc selects app=web,tier=front: of these it lacks tier=front$/m);
  });
});
