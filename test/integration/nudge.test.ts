import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest } from '../../src/apiserver/http/http-message.ts';
import type { JsonObject, KubeObject, ObjectRef } from '../../src/model/object.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { runController } from '../support/controller-model.ts';
import { aSupervisor, forbidden, lostAnswer, type Said, type Supervisor } from '../support/supervisor.ts';
import { testNow } from '../support/test-io.ts';

const vmService = aVmService('web', {
  finalizers: ['vmoperator.vmware.com/virtualmachineservice'],
  conditions: [
    {
      type: 'VirtualMachineServiceServiceReady',
      status: 'Unknown',
      reason: 'ServiceReadyNotPresent',
      message: 'Underlying Service does not have Ready condition',
      lastTransitionTime: '2026-11-10T12:00:00Z',
    },
  ],
});
const [first, second] = [
  aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' }),
  aVm('web-2', { labels: { app: 'web-drained' }, ip: '10.1.0.12' }),
];
const owned = { owners: [ownedBy(vmService)] };
/** web-2 has lost its label, and nobody has looked since. */
const world = [vmService, first, second, aService('web', owned), someEndpoints('web', { ...owned, ready: [first, second] })];
const header = 'Context sandbox, namespace prod, user sandbox\n';
const mark = 'kubectl-vmsvc/nudge';
const describeLine = '  see what it should have done:  kubectl vmsvc describe web -n prod\n';
const other = { dryRun: 'none', fieldManager: 'other' } as const;

const serviceRef: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
const vmRef: ObjectRef = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachine', namespace: 'prod', name: 'web-1' };

const marksService = (request: HttpRequest): boolean => request.method === 'PATCH' && request.path.endsWith('/services/web');
const marksVm = (request: HttpRequest): boolean => request.method === 'PATCH' && request.path.includes('/virtualmachines/');

/** A controller that looks again whenever something that it watches is written. */
function controllerOf(supervisor: Supervisor, name = 'web'): void {
  supervisor.disturb((request, pass) => {
    if (!marksService(request) && !marksVm(request)) return undefined;
    const answered = pass();
    void runController(supervisor.cluster, 'prod', name, {
      release: 'E',
      workloadIPv6: false,
      provider: async () => 'none',
      now: testNow,
    });
    return answered;
  });
}

async function objectAt(supervisor: Supervisor, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await supervisor.cluster.get(ref);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The marks on everything that a nudge may mark; the Endpoints follow the Service as soon as the controller looks again. */
async function marks(supervisor: Supervisor): Promise<readonly (string | undefined)[]> {
  const [service, vm] = [await objectAt(supervisor, serviceRef), await objectAt(supervisor, vmRef)];
  return [service?.metadata.annotations?.[mark], vm?.metadata.labels?.[mark]];
}

/** How long it took depends on the machine. */
function timeless({ code, out, err }: Said): Said {
  return { code, out: out.replaceAll(/after \d+\.\ds/g, 'after N.Ns'), err };
}

describe('nudge', () => {
  test('marks the Service, says what the controller changed, and takes the mark off', async () => {
    const supervisor = await aSupervisor(world);
    controllerOf(supervisor);
    assert.deepEqual(timeless(await supervisor.run('nudge web -n prod')), {
      code: 0,
      out: 'VM Operator answered after N.Ns: endpoints/web changed (web-2 removed)\n',
      err: `${header}service/web annotated\n`,
    });
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
    assert.deepEqual(supervisor.writes, ['PATCH /api/v1/namespaces/prod/services/web', 'PATCH /api/v1/namespaces/prod/services/web']);
    const endpoints = await objectAt(supervisor, { ...serviceRef, kind: 'Endpoints' });
    assert.equal(endpoints?.metadata.annotations?.[mark], undefined);
  });

  test('says so where nothing was to do', async () => {
    const supervisor = await aSupervisor(world);
    controllerOf(supervisor);
    await supervisor.run('nudge web -n prod');
    assert.deepEqual(timeless(await supervisor.run('nudge web -n prod')), {
      code: 0,
      out: 'VM Operator answered after N.Ns: nothing changed\n',
      err: `${header}service/web annotated\n`,
    });
  });

  test('changes nothing that a merge patch of one annotation does not', async () => {
    const supervisor = await aSupervisor(world);
    const bodies: string[] = [];
    supervisor.disturb((request) => {
      if (marksService(request)) bodies.push(new TextDecoder().decode(request.body));
      return undefined;
    });
    const version = (await objectAt(supervisor, serviceRef))?.metadata.resourceVersion;
    assert.equal((await supervisor.run('nudge web -n prod --timeout=100ms')).code, 1);
    assert.deepEqual(JSON.parse(bodies[0] ?? ''), { metadata: { resourceVersion: version, annotations: { [mark]: '20261120T120000Z' } } });
    assert.equal(JSON.parse(bodies[1] ?? '').metadata.annotations[mark], null);
    assert.equal(bodies.length, 2);
  });

  test('marks a VM where the Service is missing, and the controller makes it', async () => {
    const supervisor = await aSupervisor([vmService, first, second]);
    controllerOf(supervisor);
    assert.deepEqual(timeless(await supervisor.run('nudge web -n prod')), {
      code: 0,
      out: 'VM Operator answered after N.Ns: service/web created, endpoints/web created\n',
      err: `${header}virtualmachine.vmoperator.vmware.com/web-1 labeled\n`,
    });
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('says so where there is nothing to mark', async () => {
    const supervisor = await aSupervisor([vmService, second]);
    assert.deepEqual(await supervisor.run('nudge web -n prod'), {
      code: 1,
      out: '',
      err: `${header}error: nothing to nudge for VirtualMachineService prod/web: there is no Service, and its selector selects no VM\n${describeLine}`,
    });
    assert.deepEqual(supervisor.writes, []);
  });

  test('says what to look at when no answer comes', async () => {
    const supervisor = await aSupervisor(world);
    assert.deepEqual(await supervisor.run('nudge web -n prod --timeout=100ms'), {
      code: 1,
      out: '',
      err: `${header}service/web annotated\nerror: VM Operator did not react within 100ms for VirtualMachineService prod/web\n${describeLine}`,
    });
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('admits that a service without a selector may have been looked at', async () => {
    const selectorless = aVmService('web', { selector: {} });
    const supervisor = await aSupervisor([selectorless, aService('web', { owners: [ownedBy(selectorless)] })]);
    assert.deepEqual(await supervisor.run('nudge web -n prod --timeout=100ms'), {
      code: 1,
      out: '',
      err:
        `${header}service/web annotated\nerror: VM Operator did not react within 100ms for VirtualMachineService prod/web\n` +
        `  it writes nothing here unless something differs: it may have looked all the same\n${describeLine}`,
    });
  });

  test('does not take the load balancer for the controller', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb((request, pass) => {
      if (!marksService(request)) return undefined;
      const answered = pass();
      const status: JsonObject = { status: { loadBalancer: { ingress: [{ ip: '10.20.0.15' }] } } };
      void supervisor.cluster.patch(serviceRef, status, { ...other, subresource: 'status' });
      return answered;
    });
    assert.equal((await supervisor.run('nudge web -n prod --timeout=300ms')).code, 1);
  });

  test('asks for all services of a namespace at once', async () => {
    const db = aVmService('db');
    const supervisor = await aSupervisor([...world, db]);
    controllerOf(supervisor);
    assert.deepEqual(timeless(await supervisor.run('nudge -n prod')), {
      code: 1,
      out: 'VM Operator answered for prod/web after N.Ns: endpoints/web changed (web-2 removed)\n',
      err:
        `${header}error: nothing to nudge for VirtualMachineService prod/db: there is no Service, and its selector selects no VM\n` +
        '  see what it should have done:  kubectl vmsvc describe db -n prod\nservice/web annotated\n',
    });
  });

  test('reports as a document, with the same exit code', async () => {
    const supervisor = await aSupervisor(world);
    controllerOf(supervisor);
    const { code, out, err } = await supervisor.run('nudge web -n prod -o json');
    const report = JSON.parse(out);
    const [{ afterSeconds, ...item }] = report.items;
    assert.deepEqual([code, err, report.kind, report.items.length, typeof afterSeconds], [0, header, 'NudgeReport', 1, 'number']);
    assert.deepEqual(item, {
      namespace: 'prod',
      name: 'web',
      object: 'Service/web',
      result: 'Answered',
      changes: ['endpoints/web changed (web-2 removed)'],
    });
    assert.equal((await supervisor.run('nudge web -n prod -o name')).out, 'service/web\n');
  });

  test('a name that does not exist is an error of its own', async () => {
    const supervisor = await aSupervisor(world);
    controllerOf(supervisor);
    const { code, err } = await supervisor.run('nudge web nosuch -n prod');
    assert.deepEqual(
      [code, err],
      [
        3,
        `${header}Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "nosuch" not found\nservice/web annotated\n`,
      ],
    );
  });
});

describe('nudge and objects of workload clusters', () => {
  const cluster = { apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc1', uid: 'u' };
  const kept = aVmService('web', { owners: [cluster] });
  const clusters = [kept, first, aService('web', { owners: [ownedBy(kept)] }), someEndpoints('web', { owners: [ownedBy(kept)] })];

  test('needs a word: nothing is written without', async () => {
    const supervisor = await aSupervisor(clusters);
    assert.deepEqual(await supervisor.run('nudge web -n prod'), {
      code: 2,
      out: '',
      err: `${header}error: VirtualMachineService prod/web of workload cluster tkc1 would be nudged: say --yes\n  nothing was changed\n`,
    });
    assert.deepEqual(supervisor.writes, []);
  });

  test('is done with --yes', async () => {
    const supervisor = await aSupervisor(clusters);
    controllerOf(supervisor);
    assert.equal((await supervisor.run('nudge web -n prod --yes')).code, 0);
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('asks on a terminal, and no means no', async () => {
    const supervisor = await aSupervisor(clusters);
    const { code, out, err } = await supervisor.run('nudge web -n prod', { tty: { stdin: true, stdout: true }, typed: 'n\n' });
    assert.deepEqual([code, err], [1, `${header}nothing was changed\n`]);
    assert.match(out, /Nudge VirtualMachineService prod\/web of workload cluster tkc1\?/);
    assert.deepEqual(supervisor.writes, []);
  });

  test('never labels the machines of a cluster', async () => {
    const machine = aVm('web-1', { labels: { app: 'web', 'capv.vmware.com/cluster.name': 'tkc1' }, ip: '10.1.0.11' });
    const supervisor = await aSupervisor([vmService, machine]);
    const { code } = await supervisor.run('nudge web -n prod --yes');
    assert.deepEqual([code, supervisor.writes], [1, []]);
  });
});

describe('nudge, and what goes wrong', () => {
  test('a Service that may not be patched: said as the server says it, and nothing is left', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb((request) =>
      marksService(request) ? forbidden('services "web" is forbidden: User "alice" cannot patch resource "services"') : undefined,
    );
    assert.deepEqual(await supervisor.run('nudge web -n prod'), {
      code: 3,
      out: '',
      err: `${header}Error from server (Forbidden): services "web" is forbidden: User "alice" cannot patch resource "services"\n  service   prod/web\n`,
    });
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('somebody else writes the Service at the same moment: the mark is put on what is there then', async () => {
    const supervisor = await aSupervisor(world);
    let meddled = false;
    supervisor.disturb((request) => {
      if (!marksService(request) || meddled) return undefined;
      meddled = true;
      void supervisor.cluster.patch(serviceRef, { metadata: { labels: { team: 'blue' } } }, other);
      return undefined;
    });
    const { out, err } = await supervisor.run('nudge web -n prod --timeout=100ms');
    assert.deepEqual([out, err.startsWith(`${header}service/web annotated\n`)], ['', true], err);
    assert.equal((await objectAt(supervisor, serviceRef))?.metadata.labels?.['team'], 'blue');
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('the answer to the mark is lost: it is read back, and taken off at the end', async () => {
    const supervisor = await aSupervisor(world);
    let lost = false;
    supervisor.disturb((request, pass) => {
      if (!marksService(request) || lost) return undefined;
      lost = true;
      pass();
      return lostAnswer();
    });
    const { out, err } = await supervisor.run('nudge web -n prod --timeout=100ms');
    assert.deepEqual([out, err.startsWith(`${header}service/web annotated\n`)], ['', true], err);
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('Ctrl-C while it waits: the mark is taken off first', async () => {
    const supervisor = await aSupervisor(world);
    const { io, ended } = supervisor.start('nudge web -n prod');
    supervisor.disturb((request) => {
      if (marksService(request)) setImmediate(() => io.interrupt('SIGINT'));
      return undefined;
    });
    assert.deepEqual(await ended, { code: 130, out: '', err: `${header}service/web annotated\ninterrupted\n` });
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('R068: killed between adding and taking off, the next nudge names the mark and takes it off', async () => {
    const supervisor = await aSupervisor(world);
    await supervisor.cluster.patch(serviceRef, { metadata: { annotations: { [mark]: '20261120T115700Z' } } }, other);
    controllerOf(supervisor);
    const { code, err } = await supervisor.run('nudge web -n prod');
    assert.deepEqual(
      [code, err],
      [0, `${header}Warning: service/web still has the mark of a nudge from 3m ago: it is taken off now\nservice/web annotated\n`],
    );
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('R068: a mark that was left on a VM goes too, once the Service is there', async () => {
    const marked = aVm('web-1', { labels: { app: 'web', [mark]: '20261120T115700Z' }, ip: '10.1.0.11' });
    const supervisor = await aSupervisor([...world.filter((object) => object !== first), marked]);
    controllerOf(supervisor);
    const { err } = await supervisor.run('nudge web -n prod');
    assert.equal(
      err,
      `${header}Warning: virtualmachine/web-1 still has the mark of a nudge from 3m ago: it is taken off now\nservice/web annotated\n`,
    );
    assert.deepEqual(await marks(supervisor), [undefined, undefined]);
  });

  test('R068: a mark on another object is left to the nudge that is at it', async () => {
    const marked = aVm('web-1', { labels: { app: 'web', [mark]: '20261120T115955Z' }, ip: '10.1.0.11' });
    const supervisor = await aSupervisor([...world.filter((object) => object !== first), marked]);
    controllerOf(supervisor);
    assert.equal((await supervisor.run('nudge web -n prod')).err, `${header}service/web annotated\n`);
    assert.deepEqual(await marks(supervisor), [undefined, '20261120T115955Z']);
  });

  test('R068: the mark cannot be taken off: where it is, and who can do it', async () => {
    const supervisor = await aSupervisor(world);
    let marked = false;
    supervisor.disturb((request) => {
      if (!marksService(request)) return undefined;
      if (marked) return forbidden('services "web" is forbidden: no more');
      marked = true;
      return undefined;
    });
    assert.deepEqual(await supervisor.run('nudge web -n prod --timeout=100ms'), {
      code: 3,
      out: '',
      err:
        `${header}service/web annotated\nerror: VM Operator did not react within 100ms for VirtualMachineService prod/web\n${describeLine}` +
        'error: the mark could not be taken off service/web: services "web" is forbidden: no more\n' +
        '  take it off:  kubectl annotate service web -n prod kubectl-vmsvc/nudge-\n' +
        '  the next nudge takes it off too\n',
    });
  });

  test('the mark of another nudge is not taken off', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb((request, pass) => {
      if (!marksService(request)) return undefined;
      const answered = pass();
      void supervisor.cluster.patch(serviceRef, { metadata: { annotations: { [mark]: '20261120T120005Z' } } }, other);
      return answered;
    });
    await supervisor.run('nudge web -n prod --timeout=100ms');
    assert.deepEqual(await marks(supervisor), ['20261120T120005Z', undefined]);
  });
});

describe('nudge command lines that are refused before anything is asked', () => {
  const wrong: readonly (readonly [command: string, sentence: string])[] = [
    ['nudge -l=', '-l "": must be a label query, as in app=web; an empty one would find every VirtualMachineService'],
    ['nudge', 'say what to nudge: a NAME, -l SELECTOR, -n NAMESPACE for all of a namespace, or -A for all namespaces'],
    ['nudge vm/web-1', 'nudge works on VirtualMachineServices: kubectl vmsvc describe vm/web-1 names those of a VM'],
    ['nudge web --offline -f w.yaml', 'nudge needs a controller that runs, and --offline has none'],
    ['nudge web -f w.yaml', '-f names the objects: give it without names, -A and -l'],
    ['nudge web --timeout=soon', '--timeout "soon": must be a duration such as 30s or 2m'],
    ['nudge web --timeout=0', '--timeout "0": must be a duration such as 30s or 2m'],
    ['nudge web -o wide', 'unable to match a printer suitable for the output format "wide", allowed formats are: json,name,yaml'],
  ];
  for (const [command, sentence] of wrong)
    test(`kubectl vmsvc ${command}`, async () => {
      const supervisor = await aSupervisor([]);
      assert.deepEqual(await supervisor.run(command), {
        code: 2,
        out: '',
        err: `error: ${sentence}\nSee 'kubectl vmsvc nudge -h' for help and examples\n`,
      });
      assert.deepEqual(supervisor.requests, []);
    });
});
