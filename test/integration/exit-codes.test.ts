import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ObjectRef } from '../../src/model/object.ts';
import { aService, aVm, aVmService } from '../support/builders.ts';
import { aSupervisor, forbidden, type Supervisor } from '../support/supervisor.ts';

/** What is the case; each makes its own Supervisor, for commands may write. */
const situations: Readonly<Record<string, () => Promise<Supervisor>>> = {
  async ok() {
    const supervisor = await aSupervisor(world);
    await supervisor.run('reconcile web -n prod --once');
    return supervisor;
  },
  async differs() {
    const supervisor = await situations['ok']?.();
    assert.ok(supervisor !== undefined);
    await supervisor.cluster.patch(endpointsRef, { subsets: null }, { dryRun: 'none', fieldManager: 'somebody' });
    return supervisor;
  },
  refused: () => aSupervisor([...world, aService('web')]),
  async forbidden() {
    const supervisor = await situations['ok']?.();
    assert.ok(supervisor !== undefined);
    supervisor.disturb((request) => (request.path.endsWith('/virtualmachines') ? forbidden('virtualmachines is forbidden') : undefined));
    return supervisor;
  },
  missing: () => aSupervisor([]),
};

const world = [aVmService('web'), aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })];
const endpointsRef: ObjectRef = { apiVersion: 'v1', kind: 'Endpoints', namespace: 'prod', name: 'web' };

/** Each command with the formats that it has, and what it exits with in each situation. */
const commands: readonly {
  readonly command: string;
  readonly formats: readonly string[];
  readonly codes: Readonly<Record<'ok' | 'differs' | 'refused' | 'forbidden' | 'missing', number>>;
}[] = [
  {
    command: 'get web -n prod',
    formats: ['', 'wide'],
    codes: { ok: 0, differs: 0, refused: 0, forbidden: 3, missing: 3 },
  },
  {
    // The API's own object needs no VMs: they are not asked for.
    command: 'get web -n prod',
    formats: ['json', 'yaml', 'name', 'jsonpath={.metadata.name}', 'custom-columns=NAME:.metadata.name'],
    codes: { ok: 0, differs: 0, refused: 0, forbidden: 0, missing: 3 },
  },
  {
    command: 'vms web -n prod',
    formats: ['', 'wide', 'json', 'yaml', 'name', 'jsonpath={.kind}'],
    codes: { ok: 0, differs: 0, refused: 0, forbidden: 3, missing: 3 },
  },
  {
    command: 'describe web -n prod',
    formats: ['', 'json', 'yaml', 'mermaid', 'dot'],
    codes: { ok: 0, differs: 0, refused: 0, forbidden: 3, missing: 3 },
  },
  {
    command: 'diff web -n prod',
    formats: ['', 'json', 'yaml', 'name', 'unified'],
    codes: { ok: 0, differs: 1, refused: 2, forbidden: 3, missing: 3 },
  },
  {
    command: 'diff web -n prod --exit-zero',
    formats: ['', 'json', 'yaml', 'name', 'unified'],
    codes: { ok: 0, differs: 0, refused: 2, forbidden: 3, missing: 3 },
  },
  ...['', ' --dry-run', ' --dry-run=server', ' --print'].map((how) => ({
    command: `reconcile web -n prod --once${how}`,
    formats: ['', 'json', 'yaml', 'name'],
    codes: { ok: 0, differs: 0, refused: 2, forbidden: 3, missing: 3 },
  })),
  {
    command: 'reconcile --orphans -n prod',
    formats: ['', 'json', 'yaml', 'name'],
    codes: { ok: 0, differs: 0, refused: 0, forbidden: 0, missing: 0 },
  },
];

const writing = 'reconcile web -n prod --once';

/** Commands that write nothing may look at the same. */
const places = new Map(await Promise.all(Object.entries(situations).map(async ([name, make]) => [name, await make()] as const)));

describe('P10 the exit code depends on facts only, not on -o', () => {
  for (const { command, formats, codes } of commands) {
    for (const [situation, code] of Object.entries(codes)) {
      test(`${command}${formats[0] === '' ? '' : ' as documents'}, ${situation}: ${code}`, async () => {
        const found = await Promise.all(
          formats.map(async (format) => {
            const supervisor = await (command === writing ? situations[situation]?.() : places.get(situation));
            const said = await supervisor?.run(`${command}${format === '' ? '' : ` -o ${format}`}`);
            return `${format}: ${said?.code}`;
          }),
        );
        assert.deepEqual(
          found,
          formats.map((format) => `${format}: ${code}`),
        );
      });
    }
  }

  for (const tty of [{}, { stdout: true }, { stderr: true }]) {
    test(`nor on which streams are terminals: ${Object.keys(tty).join(', ') || 'none'}`, async () => {
      const supervisor = places.get('differs');
      const codes = await Promise.all(
        ['diff web -n prod', 'diff web -n prod --color=always', 'get web -n prod', 'describe web -n prod', 'diff nosuch -n prod'].map(
          async (command) => (await supervisor?.run(command, { tty }))?.code,
        ),
      );
      assert.deepEqual(codes, [1, 1, 0, 0, 3]);
    });
  }
});
