import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../../../src/core/finding.ts';
import { primaryAddresses, type VirtualMachine } from '../../../src/model/virtual-machine.ts';
import { fixText } from '../../../src/render/fix-text.ts';
import { aVm } from '../../support/builders.ts';
import { type DiagnosedOptions, endpoints, findingsOf, service, slice, svc, web } from '../../support/diagnosed.ts';

/** A service whose one VM has a probe, and is no ready endpoint. */
function behind(vm: VirtualMachine, options: DiagnosedOptions = {}) {
  const { ip4 } = primaryAddresses(vm);
  const children = ip4 === undefined ? [endpoints()] : [endpoints({ notReady: [vm] }), slice([ip4], { ready: false })];
  return findingsOf([svc(), vm, service(), ...children], options);
}

function asking(readinessProbe: object | null, vm = web('web-1', { ready: false })): VirtualMachine {
  return { ...vm, spec: { ...vm.spec, readinessProbe } } as VirtualMachine;
}

/** `error VMS310 also VMS308,VMS505`, and each way to mend it; without what is only worth knowing. */
function told(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .flatMap(({ severity, code, follows, fix }) => [
      `${severity} ${code} also ${follows.join(',')}`,
      ...fix.map((one) => `  ${fixText(one)}`),
    ]);
}

suite('A probe that cannot pass', () => {
  test('is mended by a command that writes the keys without their prefix, whatever stands in the values', () => {
    const probe = { guestInfo: [{ key: 'guestinfo.up', value: "it's (ok|fine)$" }, { key: 'b' }] };
    assert.deepEqual(told(behind(asking(probe))), [
      'error VMS310 also VMS308,VMS505,VMS614',
      `  kubectl patch vm web-1 -n prod --type merge -p '{"spec":{"readinessProbe":{"guestInfo":[{"key":"up","value":"it'\\''s (ok|fine)$"},{"key":"b"}]}}}'   # the key without its prefix: up`,
      "  in the guest: vmware-rpctool 'info-get guestinfo.up'   (what is there?)",
    ]);
  });

  test('never comes with a command for the guest that a key would break out of', () => {
    const fixes = behind(asking({ guestInfo: [{ key: "guestinfo.x'; reboot; '" }] })).flatMap(({ fix }) => fix.map(fixText));
    assert.deepEqual(
      fixes.filter((text) => text.includes('rpctool')),
      [],
    );
    const failing = behind(asking({ guestInfo: [{ key: "x'; reboot; '" }] })).flatMap(({ fix }) => fix.map(fixText));
    assert.deepEqual(
      failing.filter((text) => text.includes('rpctool')),
      [],
    );
  });

  test('asks for its port as a number: the one in quotes, or what the service sends to under that name', () => {
    const port = (text: string) => told(behind(asking({ tcpSocket: { port: text } })));
    const patch = (number: number) =>
      `  kubectl patch vm web-1 -n prod --type merge -p '{"spec":{"readinessProbe":{"tcpSocket":{"port":${number}}}}}'`;
    assert.deepEqual(port('9090'), ['error VMS310 also VMS308,VMS505,VMS614', `${patch(9090)}   # as a number`]);
    assert.deepEqual(port('http'), ['error VMS310 also VMS308,VMS505,VMS614', `${patch(8080)}   # what svc sends to`]);
    assert.deepEqual(port('other'), ['error VMS310 also VMS308,VMS505,VMS614', '  set the port as a number']);
  });

  test('without an action is told on releases that wait for its verdict, and not on later ones', () => {
    const empty = asking({}, web('web-1'));
    assert.deepEqual(told(behind(empty, { profile: 'B' })), [
      'error VMS505 also VMS614',
      '  kubectl vmsvc vms svc -n prod   # what each VM waits for',
      'warning VMS310 also VMS309',
      `  kubectl patch vm web-1 -n prod --type merge -p '{"spec":{"readinessProbe":null}}'   # takes it away; or give it an action`,
    ]);
    assert.ok(!behind(empty).some(({ code }) => code === 'VMS310'));
  });

  test('with several actions loses those that are not asked', () => {
    const [, ...rest] = told(behind(asking({ tcpSocket: { port: 8080 }, guestInfo: [{ key: 'up' }] })));
    assert.deepEqual(rest.slice(-2), [
      'warning VMS310 also ',
      `  kubectl patch vm web-1 -n prod --type merge -p '{"spec":{"readinessProbe":{"guestInfo":null}}}'   # leaves the one that is asked`,
    ]);
  });

  test('of a machine of a workload cluster is not for people to change', () => {
    const machine = web('web-1', { ready: false, labels: { app: 'web', 'cluster.x-k8s.io/cluster-name': 'tkc1' } });
    const [fix] = behind(asking({ tcpSocket: { port: '8080' } }, machine))
      .filter(({ code }) => code === 'VMS310')
      .map((finding) => finding.fix.map(fixText));
    assert.deepEqual(fix, ["the cluster's own controllers write the probes of its machines"]);
  });
});

suite('A VM that waits for somebody to look at it', () => {
  const paused = { annotations: { 'vmoperator.vmware.com/paused': 'true' } };

  test('because its probe never ran stands beside the service without an endpoint', () => {
    assert.deepEqual(told(behind(web('web-1', { probe: 'tcp' }))), [
      'error VMS505 also VMS614',
      '  kubectl vmsvc vms svc -n prod   # what each VM waits for',
      'warning VMS309 also ',
      '  is it paused? does VM Operator run? it is VM Operator that asks the probe',
    ]);
  });

  test('because it is paused is mended by taking the annotation off', () => {
    assert.deepEqual(told(behind(web('web-1', { probe: 'tcp', ...paused }))), [
      'error VMS505 also VMS614',
      '  kubectl vmsvc vms svc -n prod   # what each VM waits for',
      'warning VMS212 also VMS309',
      '  kubectl annotate vm web-1 -n prod vmoperator.vmware.com/paused-   # if it is yours',
    ]);
  });

  test('because it was paused before it was made, or before it had an address, is told to be paused as well', () => {
    const unborn = aVm('web-1', { labels: { app: 'web' }, ...paused });
    const { status: _, ...rest } = unborn;
    const codes = (vm: VirtualMachine) => told(behind(vm)).filter((line) => /VMS/.test(line));
    assert.deepEqual(codes(rest), ['error VMS210 also VMS614', 'warning VMS212 also ']);
    assert.deepEqual(codes(unborn), ['error VMS303 also VMS614', 'warning VMS212 also ']);
  });

  test('for an administrator is told so, and to take off no annotation that is not there', () => {
    const labelled = (who: string) =>
      told(behind(web('web-1', { probe: 'none', labels: { app: 'web', 'vmoperator.vmware.com/paused': who } }))).filter((line) =>
        /pause/.test(line),
      );
    assert.deepEqual(labelled('admin'), ['  an administrator paused it, and has to resume it']);
    assert.deepEqual(labelled('devops'), [
      '  whoever paused it has to resume it; VM Operator takes its marks off when it looks at the VM again',
    ]);
  });
});
