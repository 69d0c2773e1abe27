import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWatch } from '../../src/apiserver/http/http-message.ts';
import type { TryTarget } from '../../src/cluster/probe/attempt.ts';
import { overTheNetwork } from '../../src/cluster/probe/probe-from-here.ts';
import type { SandboxAccess } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { pods } from '../../src/model/resources.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { tcpServer } from '../support/probe-servers.ts';
import { aSupervisor, forbidden, type Supervisor } from '../support/supervisor.ts';
import { untilSaid } from '../support/until.ts';

/** `web`, whose load balancer stands on this machine at that port. */
function worldAt(port: number) {
  const ports = [{ name: 'http', protocol: 'TCP', port, targetPort: 8080 }];
  const web = aVmService('web', { ports, ingress: ['127.0.0.1'], finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });
  const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
  return [web, vm, aService('web', { owners: [ownedBy(web)], ports, ingress: ['127.0.0.1'] }), someEndpoints('web', { subsets: [] })];
}

test('a load balancer that accepts and closes is no success, from a named place, in text and document alike', async () => {
  const proxy = await tcpServer((socket) => socket.end());
  const supervisor = await aSupervisor(worldAt(proxy.port).filter(({ kind }) => kind !== 'VirtualMachine'));
  const text = await supervisor.run('debug web -n prod --probe --hold=200ms');
  const probe = text.out.slice(text.out.indexOf('PROBE'));
  assert.match(
    probe,
    /^PROBE {2}from this laptop \(127\.0\.0\.1\), 1 target, 0\.\ds\n {2}127\.0\.0\.1:\d+ {3}connected, closed after \d+ ms without a byte {3}no usable member behind the VIP \(VMS703\)\n$/,
  );
  assert.ok(!/healthy|Traffic was not tested/.test(text.out));
  const json = await supervisor.run('debug web -n prod --probe --hold=200ms -o json');
  await proxy.close();
  const [report] = JSON.parse(json.out).probes;
  const [{ milliseconds, ...line }] = report.targets;
  assert.equal(typeof milliseconds, 'number');
  assert.deepEqual(line, {
    stage: 'vip',
    service: 'web',
    namespace: 'prod',
    host: '127.0.0.1',
    port: proxy.port,
    protocol: 'TCP',
    speech: 'tcp',
    result: 'closed-early',
    tries: 1,
    source: '127.0.0.1',
    bytes: 0,
    detail: '',
  });
  assert.equal(json.code, text.code);
});

test('without --probe nothing but the API server is asked', async () => {
  let connections = 0;
  const proxy = await tcpServer((socket) => {
    connections += 1;
    socket.end();
  });
  const supervisor = await aSupervisor(worldAt(proxy.port));
  const { out } = await supervisor.run('debug web -n prod');
  await proxy.close();
  assert.deepEqual([connections, out.includes('PROBE')], [0, false]);
});

test('options of a probe that mean nothing are said to be so, before anything is asked', async () => {
  const supervisor = await aSupervisor([]);
  const help = "\nSee 'kubectl vmsvc debug -h' for help and examples\n";
  for (const [words, message] of [
    ['web --to=10.0.0.1:80', '--to needs --probe: without it no traffic is sent'],
    ['--probe', '--probe needs the names of services: it sends traffic, and is no scanner'],
    ['web --probe --to=10.0.0.0/8:80', '--to "10.0.0.0/8:80": must be one HOST:PORT; an IPv6 address stands in brackets: [fd00::1]:443'],
    ['web --probe --to=host:0', '--to "host:0": port must be between 1 and 65535'],
    ['web --probe --from=pod', '--from=pod needs --probe-image=IMAGE: one that the cluster can pull, with sh and bash, or busybox'],
    ['vm/web-1 --probe', '--probe goes along the ports of services: name the one that the VM stands behind'],
    ['web --probe --bundle=x.tgz', '--probe needs a cluster: what is in files cannot be connected to'],
    ['web --probe --hold=1h', '--hold "1h": must be a duration from 100ms to 20s'],
    ['web --probe --max-endpoints=17', '--max-endpoints 17: at most 16; a probe is no scanner'],
    ['web --probe -w', '--watch and --probe cannot be given together: it is done once'],
  ] as const) {
    const { code, err } = await supervisor.run(`debug -n prod ${words}`);
    assert.deepEqual([code, err], [2, `error: ${message}${help}`], words);
  }
  assert.deepEqual(supervisor.requests, []);
});

test('a pod that cannot be had takes nothing away: what was found is told, and why there is no pod, with exit code 3', async () => {
  const proxy = await tcpServer((socket) => socket.end());
  const supervisor = await aSupervisor(worldAt(proxy.port).filter(({ kind }) => kind !== 'VirtualMachine'));
  const command = 'debug web -n prod --probe --hold=200ms --from=pod --probe-image=tools --rules=VMS201,VMS7*';
  const quota = 'pods "vmsvc-probe-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=9, limited: pods=9';
  supervisor.disturb(({ method, path }) => (method === 'POST' && path.endsWith('/pods') ? forbidden(quota) : undefined));
  const text = await supervisor.run(command);
  assert.match(text.out, /^ERROR {2}VMS201 NoMatchingVirtualMachines \(certain\)$/m);
  assert.match(text.out, /^PROBE {2}from this laptop \(127\.0\.0\.1\), 1 target, /m);
  const unknown = text.out.slice(text.out.lastIndexOf('PROBE'));
  assert.equal(
    unknown,
    `PROBE  from a pod in prod: UNKNOWN, nothing was tried there\n  why    a pod of image tools would be refused: ${quota}\n`,
  );
  assert.deepEqual([text.code, text.err], [3, '']);
  const json = await supervisor.run(`${command} -o json`);
  const { findings, probes } = JSON.parse(json.out);
  assert.deepEqual(
    findings.map(({ code }: { readonly code: string }) => code),
    ['VMS201'],
  );
  const vantage = { type: 'pod', namespace: 'prod', context: null, image: 'tools' };
  const problem = { message: `a pod of image tools would be refused: ${quota}`, hint: [] };
  const { milliseconds, ...pod } = probes[1];
  assert.equal(typeof milliseconds, 'number');
  assert.deepEqual(pod, { vantage, targets: [], notes: [], problem });
  assert.equal(json.code, 3);
  const sarif = JSON.parse((await supervisor.run(`${command} -o sarif`)).out);
  assert.match(
    JSON.stringify(sarif.runs[0].invocations[0].toolExecutionNotifications),
    /probe from a pod in prod: a pod of image tools would be refused/,
  );
  await proxy.close();
  assert.deepEqual(supervisor.writes, []);
});

test('somebody who may make no pods is told which rights are missing, below what was found', async () => {
  const proxy = await tcpServer((socket) => socket.end());
  const supervisor = await aSupervisor(worldAt(proxy.port));
  supervisor.disturb(({ method, path, body }, pass) => {
    const answer = pass();
    const review = method === 'POST' && path.endsWith('/selfsubjectaccessreviews') ? Buffer.from(body).toString() : '';
    const asksForPods = review.includes('"pods"') && review.includes('"create"');
    if (!asksForPods || isWatch(answer) || typeof answer.body !== 'string') return answer;
    return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), status: { allowed: false } }) };
  });
  const { code, out, err } = await supervisor.run(
    'debug web -n prod --context=sandbox --probe --hold=200ms --from=pod --probe-image=tools --rules=VMS501,VMS7*',
  );
  await proxy.close();
  assert.match(out, /^ERROR {2}VMS501 /m);
  assert.equal(
    out.slice(out.lastIndexOf('PROBE')),
    [
      'PROBE  from a pod in prod: UNKNOWN, nothing was tried there',
      '  why    not permitted in namespace prod: create pods',
      '  fix    what you may run: kubectl vmsvc can-i -n prod --context=sandbox',
      '',
    ].join('\n'),
  );
  assert.deepEqual([code, err], [3, '']);
});

test('watching says what appeared and what cleared, and ends with the signal', async () => {
  const supervisor = await aSupervisor(worldAt(80));
  const { io, ended } = supervisor.start('debug web -n prod -w --rules=VMS201');
  await untilSaid(io, ' passed');
  const vm = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachine', namespace: 'prod', name: 'web-1' };
  const write = { dryRun: 'none', fieldManager: 'test' } as const;
  await supervisor.cluster.patch(vm, { metadata: { labels: { app: 'other' } } }, write);
  await untilSaid(io, '1 problem left');
  await supervisor.cluster.patch(vm, { metadata: { labels: { app: 'web' } } }, write);
  await untilSaid(io, 'no problem left');
  io.interrupt('SIGINT');
  const { code, out } = await ended;
  assert.equal(code, 130);
  const line = (word: string) =>
    `12:00:00  ${word}  prod/web  ERROR    VMS201 NoMatchingVirtualMachines: The selector matches no VM in prod (VirtualMachineService/web)`;
  assert.equal(
    out.slice(out.indexOf('appeared') - '12:00:00  '.length),
    [line('appeared'), '          1 problem left', line('cleared '), '          no problem left', ''].join('\n'),
  );
});

/** What is said of the probe. */
const probeOf = (out: string) => out.slice(out.indexOf('PROBE')).replace(/\d\.\ds$/m, '0.0s');

test('the line of a load balancer says what the VM behind it makes of it', async () => {
  const [silent, closing] = [await tcpServer(() => {}), await tcpServer((socket) => socket.end())];
  const ports = [
    { name: 'a', protocol: 'TCP', port: 8001, targetPort: silent.port },
    { name: 'b', protocol: 'TCP', port: 8002, targetPort: closing.port },
  ];
  const web = aVmService('web', { ports, ingress: ['192.0.2.7'] });
  const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
  const service = aService('web', { owners: [ownedBy(web)], ports, ingress: ['192.0.2.7'] });
  const supervisor = await aSupervisor([web, vm, service]);
  const attempt: TryTarget = (_, tried, settings) =>
    overTheNetwork('127.0.0.1', tried.stage === 'vip' ? { ...tried, port: closing.port } : tried, settings);
  const { out } = await supervisor.run('debug web -n prod --probe --hold=200ms', { attempt });
  await Promise.all([silent.close(), closing.close()]);
  const meanings = probeOf(out)
    .split('\n')
    .map((said) => said.split(/ {3,}/).at(-1));
  assert.deepEqual(meanings.slice(1, 5), [
    'something listens',
    'something listens, and hangs up',
    'the VM answers, this does not (VMS705)',
    'hangs up as the VM does: inconclusive (VMS704)',
  ]);
});

test('a VM that gives itself an address of the machine that asks is left alone', async () => {
  let connections = 0;
  const own = await tcpServer(() => {
    connections += 1;
  });
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: own.port }];
  const supervisor = await aSupervisor([aVmService('web', { ports }), aVm('web-1', { labels: { app: 'web' }, ip: '127.0.0.1' })]);
  const { out } = await supervisor.run('debug web -n prod --probe --hold=200ms');
  await own.close();
  assert.equal(
    probeOf(out),
    `PROBE  from this laptop, 1 target, 0.0s\n  127.0.0.1:${own.port} (web-1)   not tried: a loopback address is no VM, but the machine that asks\n`,
  );
  assert.equal(connections, 0);
});

test('where no VM and no load balancer has an address there is nothing to try, and no pod for it', async () => {
  const supervisor = await aSupervisor([aVmService('web'), aVm('web-1', { labels: { app: 'web' } })]);
  const { out } = await supervisor.run('debug web -n prod --probe --from=pod --probe-image=tools');
  assert.equal(
    probeOf(out),
    [
      'PROBE  from this laptop: nothing to try, neither a VM nor a load balancer has an address',
      '',
      'PROBE  from a pod in prod: nothing to try, neither a VM nor a load balancer has an address',
      '',
    ].join('\n'),
  );
  assert.deepEqual(supervisor.writes, []);
});

test('what is left out of a large service is said, so that nobody takes it for reached', async () => {
  const ports = [1, 2, 3, 4, 5].map((port) => ({ name: `p${port}`, protocol: 'TCP', port, targetPort: port }));
  const vms = [1, 2, 3, 4].map((vm) => aVm(`web-${vm}`, { labels: { app: 'web' }, ip: `10.1.0.${vm}` }));
  const supervisor = await aSupervisor([aVmService('web', { ports }), ...vms]);
  const attempt: TryTarget = async () => ({ result: 'connected', milliseconds: 1, retry: false, source: '10.9.9.9', bytes: 0, detail: '' });
  const { out } = await supervisor.run('debug web -n prod --probe', { attempt });
  assert.match(probeOf(out), /^PROBE {2}from this laptop \(10\.9\.9\.9\), 12 targets, 0\.0s$/m);
  assert.match(probeOf(out), /^ {2}note: of web, 1 of 5 ports and 1 of 4 VMs \(--max-endpoints\) were left out$/m);
});

test('an interrupted probe says so of what it did not come to', async () => {
  let accepted = () => {};
  const connected = new Promise<void>((resolve) => {
    accepted = resolve;
  });
  const silent = await tcpServer(() => accepted());
  const supervisor = await aSupervisor(worldAt(silent.port).filter(({ kind }) => kind !== 'VirtualMachine'));
  const { io, ended } = supervisor.start('debug web -n prod --probe --hold=20s');
  await connected;
  io.interrupt('SIGINT');
  const { code, out } = await ended;
  await silent.close();
  assert.equal(probeOf(out), `PROBE  from this laptop (127.0.0.1), 1 target, 0.0s\n  127.0.0.1:${silent.port}   not tried: interrupted\n`);
  assert.equal(code, 130);
});

test('many findings about one object are told apart by what they say, and not by its name', async () => {
  const ports = [1, 2, 3, 4].map((port) => ({ name: `p${port}`, protocol: 'TCP', port, targetPort: port }));
  const web = aVmService('web', { ports, ingress: ['192.0.2.7'] });
  const supervisor = await aSupervisor([web, aService('web', { owners: [ownedBy(web)], ports, ingress: ['192.0.2.7'] })]);
  const attempt: TryTarget = async () => ({ result: 'connected', milliseconds: 1, retry: false, source: undefined, bytes: 0, detail: '' });
  const { out } = await supervisor.run('debug web -n prod --probe --rules=VMS704 --all', { attempt });
  const says = 'accepts connections and says nothing, which a load balancer does without any VM as well';
  assert.match(out, new RegExp(`^and 2 more with VMS704 ProbeInconclusive: 192\\.0\\.2\\.7:3 ${says}; 192\\.0\\.2\\.7:4 ${says}$`, 'm'));
});

test('of many VMs with one address some are named', async () => {
  const vms = Array.from({ length: 9 }, (_, index) => aVm(`web-${index}`, { labels: { app: 'web' }, ip: '10.1.0.11' }));
  const supervisor = await aSupervisor([aVmService('web', { selector: { app: 'web' } }), ...vms]);
  const { out } = await supervisor.run('debug web -n prod --rules=VMS307');
  assert.match(out, /^ {7}web-0 and web-1, web-2, web-3, web-4, web-5 and 3 more have the same address 10\.1\.0\.11$/m);
  assert.match(out, /^ {2}seen {3}10\.1\.0\.11: web-0, web-1, web-2, web-3, web-4 and 4 more, all powered on$/m);
});

/** Runs every pod of a probe to its end at once, with that in its log. @returns the pods that were made */
function playKubelet(supervisor: Supervisor, log: string): readonly string[] {
  const made: string[] = [];
  supervisor.disturb(({ method, path, query, body }, pass) => {
    if (method === 'POST' && path.endsWith('/pods') && !query.includes('dryRun=All')) made.push(Buffer.from(body).toString());
    if (path.endsWith('/log')) return { status: 200, headers: { 'content-type': 'text/plain' }, warnings: [], body: log };
    const answer = pass();
    if (method !== 'GET' || !/\/pods\/vmsvc-probe-/.test(path) || isWatch(answer) || typeof answer.body !== 'string') return answer;
    const status = { phase: 'Succeeded', containerStatuses: [{}] };
    return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), status }) };
  });
  return made;
}

/** A kubeconfig with a context for each, the first of which is the current one. */
function kubeconfigOf(accesses: Readonly<Record<string, SandboxAccess>>): string {
  const entries = Object.entries(accesses);
  const data = (text: string) => Buffer.from(text).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': entries[0]?.[0],
    clusters: entries.map(([name, { server, authority }]) => ({
      name,
      cluster: { server, 'certificate-authority-data': data(authority) },
    })),
    users: entries.map(([name, { token }]) => ({ name, user: { token } })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name, namespace: 'default' } })),
  });
}

test('a pod of a workload cluster tries the address, and the mirror that clients there know', async () => {
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }];
  const web = aVmService('web', { ports, ingress: ['192.0.2.7'] });
  const home = await aSupervisor([web, aService('web', { owners: [ownedBy(web)], ports, ingress: ['192.0.2.7'] })]);
  const mirrorPorts = [{ name: 'http', protocol: 'TCP', port: 8080, targetPort: 80 }];
  const mirror = aService('web-away', {
    namespace: 'default',
    type: 'ClusterIP',
    clusterIP: '10.97.0.1',
    ports: mirrorPorts,
    selector: {},
  });
  const copied = someEndpoints('web-away', {
    namespace: 'default',
    ready: ['192.0.2.7'],
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  });
  const away = await aSupervisor([mirror, copied]);
  const log = '{"i":0,"result":"proven","ms":1,"hex":"","detail":""}\n{"i":1,"result":"closed-early","ms":2,"hex":"","detail":""}\n';
  const made = playKubelet(away, log);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-probe-'));
  const KUBECONFIG = join(folder, 'kubeconfig');
  writeFileSync(KUBECONFIG, kubeconfigOf({ home: home.access, tkc1: away.access }));
  const attempt: TryTarget = async () => ({
    result: 'filtered',
    milliseconds: 3000,
    retry: false,
    source: undefined,
    bytes: 0,
    detail: '',
  });
  const words = 'debug web -n prod --probe --from=pod --from-context=tkc1 --probe-image=tools --rules=VMS70*';
  const { out, err } = await home.run(words, { attempt, env: { KUBECONFIG } });
  rmSync(folder, { recursive: true });
  assert.equal(err, '');
  assert.deepEqual(out.slice(out.lastIndexOf('PROBE')).split('\n').slice(1), [
    '  192.0.2.7:80              connected',
    '  10.97.0.1:8080 (mirror)   connected, closed after 2 ms without a byte   no usable member behind the VIP (VMS703)',
    '',
  ]);
  assert.match(out, /^ {7}192\.0\.2\.7:80 is reachable from a pod in default \(context tkc1\), not from this laptop$/m);
  assert.deepEqual(
    made.map((pod) => JSON.parse(pod).spec.containers[0].args.slice(3)),
    [['tcp 192.0.2.7 80', 'tcp 10.97.0.1 8080']],
  );
  assert.deepEqual([home.writes, (await away.cluster.list(pods, 'v1', { namespace: 'default' })).items], [[], []]);
});

test('what is seen from two places is one finding, with what was seen from both', async () => {
  const web = aVmService('web', { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }] });
  const supervisor = await aSupervisor([web, aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })]);
  playKubelet(supervisor, '{"i":0,"result":"refused","ms":1,"hex":"","detail":""}\n');
  const attempt: TryTarget = async () => ({ result: 'refused', milliseconds: 1, retry: false, source: undefined, bytes: 0, detail: '' });
  const { out } = await supervisor.run('debug web -n prod --probe --from=pod --probe-image=tools --rules=VMS701 -o json', { attempt });
  const found: { readonly evidence: unknown }[] = JSON.parse(out).findings;
  assert.deepEqual(
    found.map(({ evidence }) => evidence),
    [['from this laptop: VM web-1 10.1.0.11:8080 refused', 'from a pod in prod: VM web-1 10.1.0.11:8080 refused']],
  );
});
