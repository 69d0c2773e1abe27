import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isWatch } from '../../src/apiserver/http/http-message.ts';
import { parseJson } from '../../src/cluster/json.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { silentPort, tcpServer } from '../support/probe-servers.ts';
import { aSupervisor, type Supervisor } from '../support/supervisor.ts';

/** `web` admits 10.30.0.0/16 alone; its load balancer stands on this machine, which is not in there. */
function restricted(port: number, annotations: Readonly<Record<string, string>> = {}) {
  const ports = [{ name: 'http', protocol: 'TCP', port, targetPort: 8080 }];
  const loadBalancerSourceRanges = ['10.30.0.0/16'];
  const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
  const web = aVmService('web', { ports, loadBalancerSourceRanges, ingress: ['127.0.0.1'], finalizers });
  const service = aService('web', { owners: [ownedBy(web)], ports, loadBalancerSourceRanges, ingress: ['127.0.0.1'], annotations });
  return [
    web,
    service,
    someEndpoints('web', { owners: [ownedBy(web)], ready: ['240.0.0.1'], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }),
  ];
}

/** A kubelet that runs every pod to its end, in which the container printed that. */
function withKubelet(supervisor: Supervisor, log: string): void {
  supervisor.disturb(({ method, path }, pass) => {
    if (method === 'GET' && path.endsWith('/log'))
      return { status: 200, headers: { 'content-type': 'text/plain' }, warnings: [], body: log };
    const answer = pass();
    if (method !== 'GET' || !/\/pods\/vmsvc-probe-[0-9a-f]+$/.test(path) || isWatch(answer) || typeof answer.body !== 'string')
      return answer;
    const pod = parseJson(answer.body);
    const status = { phase: 'Succeeded', containerStatuses: [{}] };
    return { ...answer, body: JSON.stringify({ ...(typeof pod === 'object' ? pod : {}), status }) };
  });
}

suite('the stories of failure modes that need a connection', () => {
  test('9: source ranges that leave this laptop out and let a pod in are named, with the patch that admits it', async () => {
    const silent = await silentPort();
    const supervisor = await aSupervisor(restricted(silent.port));
    withKubelet(supervisor, '{"source":"192.168.4.9"}\n{"i":2,"result":"proven","ms":3,"hex":"","detail":""}\n');
    const { code, out } = await supervisor.run('debug web -n prod --probe --hold=200ms --from=pod --probe-image=tools --rules=VMS6*,VMS7*');
    await silent.close();
    assert.equal(code, 1);
    assert.match(out, /^ERROR {2}VMS607 SourceRangesExcludeClient \(certain\)\n {7}127\.0\.0\.1 is not in loadBalancerSourceRanges$/m);
    assert.match(out, /from a pod in prod: VIP 127\.0\.0\.1:\d+ connected/);
    assert.ok(out.includes(`'{"spec":{"loadBalancerSourceRanges":["10.30.0.0/16","127.0.0.1/32"]}}'`), out);
    // Neither the load balancer nor the ranges are to blame for more than that.
    assert.doesNotMatch(out, /VMS608|VMS705|VMS702 |healthy/);
    assert.ok(supervisor.requests.some((line) => /^DELETE .*\/pods\/vmsvc-probe-/.test(line)));
  });

  test('9, where AVI is at work and this laptop gets in: the ranges are not enforced', async () => {
    const open = await tcpServer((socket) => void socket.write('220 ready'));
    const supervisor = await aSupervisor(restricted(open.port, { 'ako.vmware.com/host-fqdn': 'web.example.test' }));
    const { code, out } = await supervisor.run('debug web -n prod --probe --hold=200ms --rules=VMS6*,VMS7*');
    await open.close();
    assert.equal(code, 0);
    assert.match(out, /^WARN\w* +VMS608 SourceRangesNotEnforced \(certain\)$/m);
    assert.doesNotMatch(out, /VMS607/);
  });

  test('15: accepted and closed is the end of the readiness probe that fails, and never called reachable', async () => {
    const closing = await tcpServer((socket) => socket.end());
    const ports = [{ name: 'http', protocol: 'TCP', port: closing.port, targetPort: 8080 }];
    const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
    const web = aVmService('web', { ports, ingress: ['127.0.0.1'], finalizers });
    const vm = aVm('web-1', {
      labels: { app: 'web' },
      ip: '240.0.0.1',
      ready: false,
      readyMessage: 'dial tcp 240.0.0.1:8080: connect: connection refused',
    });
    const service = aService('web', { owners: [ownedBy(web)], ports, ingress: ['127.0.0.1'] });
    const supervisor = await aSupervisor([
      web,
      vm,
      service,
      someEndpoints('web', { owners: [ownedBy(web)], notReady: [vm], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }),
    ]);
    const { code, out } = await supervisor.run('debug web -n prod --probe --hold=200ms');
    await closing.close();
    assert.equal(code, 1);
    assert.match(out, /^ERROR {2}VMS308 ReadinessProbeFails \(certain\)$/m);
    assert.match(out, /^ {2}127\.0\.0\.1:\d+ +connected, closed after \d+ ms without a byte +no usable member behind the VIP \(VMS703\)$/m);
    assert.match(out, /^ {2}240\.0\.0\.1:8080 \(web-1\) +not tried: not the address of one machine$/m);
    assert.doesNotMatch(out, /VIP reachable|healthy|: ok/);
  });
});
