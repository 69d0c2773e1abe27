import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

/** So many services that are well, with a VM each, of which those that are named are off. */
function aNamespaceOf(count: number, off: readonly string[]) {
  return Array.from({ length: count }, (_, index) => `web-${index}`).flatMap((name, index) => {
    const ingress = [`192.0.2.${index + 1}`];
    const service = aVmService(name, { ingress, finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });
    const vm = aVm(`${name}-1`, {
      labels: { app: name },
      ip: `10.1.0.${index + 1}`,
      power: off.includes(name) ? 'off' : 'on',
    });
    return [service, vm, aService(name, { owners: [ownedBy(service)], ingress }), someEndpoints(name, { owners: [ownedBy(service)] })];
  });
}

/** Without what differs from run to run, and rules that these worlds break on purpose. */
async function said(count: number, off: readonly string[], more = '') {
  const supervisor = await aSupervisor(aNamespaceOf(count, off));
  const { out } = await supervisor.run(`debug -n prod --rules=VMS209 --fail-on=never${more}`);
  return out.replace(/in \d+\.\ds/, 'in 0.0s');
}

test('of many services those that are well take one line', async () => {
  assert.equal(
    await said(40, ['web-7']),
    `Looked at 40 services, 40 VMs, 40 Services, 40 Endpoints, 0 slices in 0.0s

web-7       ERROR    VMS209  VirtualMachinePoweredOff  web-7-1 is powered off but counts as ready
39 others   ok

1 of 40 needs work; 0 rules passed, 0 could not run. Start with: kubectl vmsvc debug web-7 -n prod
`,
  );
});

test('many services that are not well fit a screen: the first by name, the others counted, and all with --all', async () => {
  const off = Array.from({ length: 60 }, (_, index) => `web-${index + 20}`);
  const lines = (await said(100, off)).trimEnd().split('\n');
  assert.deepEqual(lines.slice(2, 4).concat(lines.slice(15)), [
    'web-20      ERROR    VMS209  VirtualMachinePoweredOff  web-20-1 is powered off but counts as ready',
    'web-21      ERROR    VMS209  VirtualMachinePoweredOff  web-21-1 is powered off but counts as ready',
    'web-33      ERROR    VMS209  VirtualMachinePoweredOff  web-33-1 is powered off but counts as ready',
    '46 more     ERROR    VMS209  VirtualMachinePoweredOff  46 of them: web-34 web-35 web-36 web-37 and 42 more (--all)',
    '40 others   ok',
    '',
    '60 of 100 need work; 0 rules passed, 0 could not run. Start with: kubectl vmsvc debug web-20 -n prod',
  ]);
  const all = await said(100, off, ' --all');
  assert.deepEqual(
    aNamespaceOf(100, off).flatMap(({ kind, metadata: { name } }) =>
      kind !== 'VirtualMachineService' || new RegExp(`^${name} `, 'm').test(all) ? [] : [name],
    ),
    [],
  );
});

test('of few services each has its line', async () => {
  assert.deepEqual((await said(3, ['web-1'])).split('\n').slice(2, 5), [
    'web-1   ERROR    VMS209  VirtualMachinePoweredOff  web-1-1 is powered off but counts as ready',
    'web-0   ok',
    'web-2   ok',
  ]);
});

test('a VM that is off behind no service counts nowhere as ready', async () => {
  const supervisor = await aSupervisor([aVm('old', { labels: { app: 'old' }, ip: '10.1.0.11', power: 'off' })]);
  const { out, code } = await supervisor.run('debug vm/old -n prod --rules=VMS209 -o json');
  const { findings }: { findings: readonly { severity: string; message: string }[] } = JSON.parse(out);
  assert.deepEqual(
    findings.map(({ severity, message }) => `${severity} ${message}`),
    ['warning No service selects old', 'warning old is powered off'],
  );
  assert.equal(code, 0);
});

test('of many Services that were left behind the first few are told, the others counted, and none of it is called well', async () => {
  const left = Array.from({ length: 9 }, (_, index) => {
    const name = `old-${index}`;
    return aService(name, { owners: [ownedBy(aVmService(name))], ingress: [`192.0.2.${index + 100}`] });
  });
  const supervisor = await aSupervisor([...aNamespaceOf(1, []), ...left]);
  const { out } = await supervisor.run('debug -n prod --rules=VMS405');
  assert.deepEqual(out.trimEnd().split('\n').slice(2), [
    'web-0           ok',
    'Service/old-0   WARNING  VMS405  ServiceOrphaned  Service old-0 has no VirtualMachineService, and holds 192.0.2.100',
    'Service/old-1   WARNING  VMS405  ServiceOrphaned  Service old-1 has no VirtualMachineService, and holds 192.0.2.101',
    'Service/old-2   WARNING  VMS405  ServiceOrphaned  Service old-2 has no VirtualMachineService, and holds 192.0.2.102',
    '6 more          WARNING  VMS405  ServiceOrphaned  6 of them: old-3 old-4 old-5 old-6 and 2 more (--all)',
    '',
    'No service needs work, but 9 findings are about what has no service; 0 rules passed, 0 could not run.',
  ]);
});

test('in all namespaces, what has no service is named with its namespace, as services are', async () => {
  const left = ['prod', 'test'].map((namespace) =>
    aService('old', { namespace, owners: [ownedBy(aVmService('old', { namespace }))], ingress: ['192.0.2.100'] }),
  );
  const supervisor = await aSupervisor([...aNamespaceOf(1, []), ...left]);
  const { out } = await supervisor.run('debug -A --rules=VMS405');
  assert.deepEqual(
    out.split('\n').flatMap((line) => /^(\S+) +WARNING +(\S+)/.exec(line)?.slice(1).join(' ') ?? []),
    ['prod/Service/old VMS405', 'test/Service/old VMS405'],
  );
});

test('of services about which the same could not be found out there is one line, and none of them is said to need work', async () => {
  const supervisor = await aSupervisor([...aNamespaceOf(4, ['web-1']), aVmService('lonely', { selector: {} })]);
  supervisor.disturb(({ path }) => (path.endsWith('/endpoints') || path.endsWith('/events') ? forbidden('you may not') : undefined));
  const { out, code } = await supervisor.run('debug -n prod --rules=VMS109,VMS501');
  assert.deepEqual(out.trimEnd().split('\n').slice(2), [
    '5 services   UNKNOWN  VMS910  ReadNotPermitted  Not permitted to read endpoints in prod: lonely web-0 web-1 web-2 and 1 more',
    '',
    '5 of 5 could not be looked at as a whole; 0 rules passed, 2 could not run. Start with: kubectl vmsvc debug lonely -n prod',
    'Not looked at: events (forbidden).',
  ]);
  assert.equal(code, 3);
});

test('a description does not leave it at ready where the VM is powered off', async () => {
  const vms = (['off', 'on'] as const).map((power, at) => aVm(power, { labels: { app: 'web' }, ip: `10.1.0.${at + 1}`, power }));
  const supervisor = await aSupervisor([aVmService('web'), ...vms]);
  const { out } = await supervisor.run('describe web -n prod');
  assert.match(out, / off +10\.1\.0\.1 +. READY {2}has no readiness probe, so it always counts as ready; but it is powered off$/m);
  assert.match(out, / on +10\.1\.0\.2 +. READY {2}has no readiness probe, so it always counts as ready$/m);
});
