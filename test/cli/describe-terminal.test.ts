import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { testIo } from '../support/test-io.ts';

const cwd = join(import.meta.dirname, '../scenarios/the-load-balancer-gives-no-address');

/** The section of the findings, as a terminal of so many columns or a pipe shows it. */
async function findings(columns: number | undefined): Promise<readonly string[]> {
  const tty = columns === undefined ? {} : { tty: { stdout: true }, columns };
  const io = testIo(['describe', 'web', '--offline', '-f', 'cluster.yaml'], { cwd, env: { LANG: 'C.UTF-8', NO_COLOR: '' }, ...tty });
  assert.equal(await run(io), 0);
  const lines = io.out().split('\n');
  return lines.slice(lines.indexOf('Findings:') + 1, lines.indexOf('', lines.indexOf('Findings:')));
}

test('a terminal breaks the sentences of findings between words, below where they began; a pipe breaks none', async () => {
  const more = '  More: kubectl vmsvc debug web -n team-a --offline -f cluster.yaml';
  assert.deepEqual(await findings(undefined), [
    '  ERROR    VMS602 NoLoadBalancer   Nothing gives the Service an address: is a load balancer at work here?',
    more,
  ]);
  assert.deepEqual(await findings(80), [
    '  ERROR    VMS602 NoLoadBalancer   Nothing gives the Service an address: is a',
    '                                   load balancer at work here?',
    more,
  ]);
});
