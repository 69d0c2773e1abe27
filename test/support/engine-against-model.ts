import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memoryCluster } from '../../src/cluster/memory.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { somePriorEndpoints, somePriorService, someVmService, someVms } from './arbitraries.ts';
import { endState, type ReconcileCase, runModel, runTool, serverOf } from './reconcile-cases.ts';
import { dualStack } from './stage.ts';
import { testNow } from './test-io.ts';

/** A reconcile as the controller, in a world that may hold anything. Its VirtualMachineService may be one that goes. */
export const someReconcileCase: fc.Arbitrary<ReconcileCase> = fc
  .record({
    vmService: someVmService,
    vms: someVms,
    service: somePriorService,
    endpoints: somePriorEndpoints,
    provider: fc.constantFrom('nsx' as const, 'none' as const),
    workloadIPv6: fc.boolean(),
    dual: fc.boolean(),
    goes: fc.nat({ max: 9 }).map((dice) => dice === 0),
  })
  .map(({ vmService, vms, service, endpoints, dual, goes, ...how }): ReconcileCase => {
    const held = vmService.metadata.finalizers !== undefined && vmService.metadata.finalizers.length > 0;
    const metadata = { ...vmService.metadata, ...(goes && held && { deletionTimestamp: '2026-11-20T11:00:00Z' }) };
    const children: readonly (KubeObject | undefined)[] = [service, endpoints];
    return {
      ...how,
      name: 'a random world',
      objects: [{ ...vmService, metadata }, ...vms, ...children.filter((child) => child !== undefined)],
      namespace: 'prod',
      profile: 'E',
      role: 'controller',
      adopt: false,
      serviceCidrs: dual ? dualStack : ['10.96.0.0/16'],
      now: testNow,
    };
  });

/** Both reconcile the same world, each in a copy of its own, twice. @throws AssertionError where they differ */
export async function engineAgreesWithModel(how: ReconcileCase): Promise<void> {
  const [engine, model] = [serverOf(how), serverOf(how)];
  for (const round of ['first', 'second']) {
    const items = await runTool(memoryCluster(engine), how);
    const errors = await runModel(memoryCluster(model), how);
    assert.deepEqual(endState(engine), endState(model), `after the ${round} reconcile`);
    assert.deepEqual(
      items.map(({ error }) => error?.message ?? null),
      items.map(({ name }) => errors.get(name) ?? null),
      `what the ${round} reconcile says`,
    );
  }
}
