import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { probeGates } from '../../src/core/endpoints.ts';
import { jsonEqual } from '../../src/core/patch.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { asControllerSees } from '../../src/core/reconcile.ts';
import { type Json, jsonOf, type KubeObject } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { desiredPower, observedPower, primaryAddresses, probeAction, readyCondition, vmOf } from '../../src/model/virtual-machine.ts';
import { conversionAnnotation, type VirtualMachineService, vmServiceOf } from '../../src/model/virtual-machine-service.ts';
import { readConversions } from '../support/conformance.ts';

/** What the computation reads from a VM. */
function factsOf(object: KubeObject) {
  const vm = vmOf(object);
  const { ip4, ip6 } = primaryAddresses(vm);
  return {
    ip4,
    ip6,
    probe: probeAction(vm).action,
    gatesUpTo802: probeGates(vm, traitsOf('B')),
    gates: probeGates(vm, traitsOf('E')),
    ready: readyCondition(vm)?.status,
    observed: observedPower(vm),
    desired: desiredPower(vm),
  };
}

type Facts = ReturnType<typeof factsOf>;

const vms = readConversions().filter(({ object }) => object.kind === 'VirtualMachine');
const later = ['v1alpha2', 'v1alpha3', 'v1alpha4', 'v1alpha5'] as const;

suite('what is read from a VM is the same in every version', () => {
  test('from v1alpha2 on nothing is lost', () => {
    assert.equal(vms.length, 181);
    for (const { id, as } of vms) {
      for (const version of later) assert.deepEqual(factsOf(as[version]), factsOf(as.v1alpha6), `${id} as ${version}`);
    }
  });

  test('a VM reads as it was sent, but for a probe without any field, which is not stored', () => {
    let emptyProbes = 0;
    for (const { id, object, as } of vms) {
      const sent = factsOf(object);
      const stored = factsOf(isV1alpha1(object) ? as.v1alpha1 : as.v1alpha6);
      if (jsonEqual(probeOf(object), {})) {
        emptyProbes += 1;
        assert.deepEqual(stored, { ...sent, probe: 'none', gatesUpTo802: false }, id);
      } else {
        assert.deepEqual(stored, sent, id);
      }
    }
    assert.equal(emptyProbes, 1);
  });

  test('v1alpha1 loses the IPv6 address of a dual-stack VM and the action of a guestInfo probe, and nothing else', () => {
    const losses = { ipv6: 0, guestInfo: 0 };
    for (const { id, as } of vms) {
      const [stored, seen] = [factsOf(as.v1alpha6), factsOf(as.v1alpha1)];
      if (stored.ip4 !== undefined && stored.ip6 !== undefined) losses.ipv6 += 1;
      if (stored.probe === 'guestInfo') losses.guestInfo += 1;
      assert.deepEqual(seen, asV1alpha1(stored), id);
    }
    assert.deepEqual(losses, { ipv6: 18, guestInfo: 14 });
  });

  test('who reads a VM in an old version and writes it back changes no fact', () => {
    for (const { id, as, backThrough } of vms) {
      for (const [version, stored] of Object.entries(backThrough ?? {})) {
        assert.deepEqual(factsOf(stored), factsOf(as.v1alpha6), `${id} through ${version}`);
      }
    }
  });
});

/** What v1alpha1 has room for: one address, and two kinds of probe. */
function asV1alpha1(stored: Facts): Facts {
  const oneAddress = { ...stored, ip6: stored.ip4 === undefined ? stored.ip6 : undefined };
  return stored.probe === 'guestInfo' ? { ...oneAddress, probe: 'empty', gates: false } : oneAddress;
}

suite('what is read from a VirtualMachineService is the same in every version', () => {
  const vmServices = readConversions().filter(({ object }) => object.kind === 'VirtualMachineService');

  test('older versions have every field but the families and the conditions, and the controller does not see how those are kept', () => {
    let losses = 0;
    for (const { id, as } of vmServices) {
      const { apiVersion: _, ...stored } = asControllerSees(vmServiceOf(as.v1alpha6));
      const whole = withoutLatest(stored);
      if (!jsonEqual(jsonOf({ apiVersion: '', ...stored }), jsonOf({ apiVersion: '', ...whole }))) losses += 1;
      for (const version of ['v1alpha1', ...later] as const) {
        assert.notEqual(as[version].metadata.annotations?.[conversionAnnotation], undefined);
        const { apiVersion: _, ...seen } = asControllerSees(vmServiceOf(as[version]));
        assert.deepEqual(seen, whole, `${id} as ${version}`);
      }
    }
    assert.deepEqual([vmServices.length, losses], [69, 6]);
  });
});

/** The same without what only v1alpha6 has room for. */
function withoutLatest({ spec, status, ...rest }: Omit<VirtualMachineService, 'apiVersion'>): Omit<VirtualMachineService, 'apiVersion'> {
  const { ipFamilies: _families, ipFamilyPolicy: _policy, ...oldSpec } = spec;
  const { conditions: _conditions, ...oldStatus } = { ...status };
  return { ...rest, spec: oldSpec, ...(status !== undefined && { status: oldStatus }) };
}

function isV1alpha1({ apiVersion }: KubeObject): boolean {
  return apiVersion.endsWith('/v1alpha1');
}

function probeOf(object: KubeObject): Json | undefined {
  const { spec } = jsonOf(object);
  return isMap(spec) ? spec.readinessProbe : undefined;
}
