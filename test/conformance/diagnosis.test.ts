import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { aroundOf } from '../../src/core/diagnosis/around.ts';
import { diagnoseService } from '../../src/core/diagnosis/diagnose.ts';
import { serviceSubject } from '../../src/core/diagnosis/subject.ts';
import { agesAt } from '../../src/core/diagnosis/times.ts';
import { itemsOf } from '../../src/core/snapshot.ts';
import { type ConformanceWorld, readWorlds } from '../support/conformance.ts';
import { replayTime } from '../support/recorded-worlds.ts';
import { seenWorld } from '../support/seen-world.ts';

/** What is said only where the controller failed, or did not run: it has just been there. */
const controllersFault = ['VMS401', 'VMS402', 'VMS406', 'VMS501', 'VMS502', 'VMS503', 'VMS509', 'VMS610', 'VMS915'];

/** The findings about each service of a world as the real controller left it, long ago. */
function codesIn(world: ConformanceWorld): ReadonlyMap<string, { readonly codes: readonly string[]; readonly error: boolean }> {
  const around = aroundOf(worldAfter(world), { now: new Date(replayTime), times: agesAt(new Date(replayTime)) });
  return new Map(
    itemsOf(around.world.snapshot.vmServices).map((vmService) => {
      const { findings } = diagnoseService(serviceSubject(vmService, around));
      const codes = findings.map(({ code }) => code);
      return [vmService.metadata.name, { codes, error: findings.some(({ severity }) => severity === 'error') }];
    }),
  );
}

/** The VMs of before, which no controller changes, and what became of the rest. */
function worldAfter({ before, after, profile, networkProvider, perNamespaceProvider, workloadIPv6 }: ConformanceWorld) {
  const kept = before.filter(({ kind }) => kind === 'VirtualMachine' || kind === 'NetworkSettings');
  const isNsx = networkProvider === 'nsxt' || (networkProvider === 'vpc' && (profile === 'D' || profile === 'E'));
  const provider = networkProvider === 'per-ns' ? 'auto' : isNsx ? 'nsx' : 'none';
  return seenWorld([...kept, ...after], { profile, provider, perNamespaceProvider, workloadIPv6, hidden: { slices: 'NotAsked' } });
}

suite('a diagnosis of what the real controller left behind', () => {
  for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
    test(`profile ${profile}: blames the controller where it failed, and nowhere else`, () => {
      const wrong: string[] = [];
      let services = 0;
      for (const world of readWorlds(profile)) {
        const found = codesIn(world);
        for (const [name, { codes, error }] of found) {
          const result = world.results[name];
          services += 1;
          if (result === null) {
            for (const code of codes) if (controllersFault.includes(code)) wrong.push(`${world.id}/${name}: ${code}, though all went well`);
          } else if (result !== undefined && !error) wrong.push(`${world.id}/${name}: nothing found, though ${result}`);
        }
      }
      assert.deepEqual(wrong, []);
      assert.ok(services > 50, `only ${services} services`);
    });
  }
});
