import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { displayWidth } from '../../src/render/display-width.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { testIo } from '../support/test-io.ts';

const cwd = join(import.meta.dirname, '../scenarios/two-of-five-vms-receive-traffic');

/** What a terminal of so many columns shows, without colours; a pipe where there are none. */
async function shown(command: string, columns: number | undefined): Promise<string> {
  const tty = columns === undefined ? {} : { tty: { stdout: true }, columns };
  const io = testIo([...command.split(' '), '--offline', '-f', 'cluster.yaml'], { cwd, env: { LANG: 'C.UTF-8', NO_COLOR: '' }, ...tty });
  await run(io);
  return io.out();
}

suite('a narrow terminal', () => {
  for (const command of ['describe web', 'describe vm/web-3', 'describe vm/web-6', 'debug web', 'debug', 'diff web']) {
    test(`of 80 columns breaks no word of ${command}: lines fit, unless they are commands or events to copy`, async () => {
      const long = (await shown(command, 80)).split('\n').filter((line) => displayWidth(line) > 80);
      assert.deepEqual(
        long.filter((line) => !/kubectl |in the guest: |^ {2}\S+ .*(Warning +|Normal +|Message$)/.test(line)),
        [],
      );
    });

    test(`has the words of a pipe in ${command}, and no others`, async () => {
      const words = (text: string) => text.replaceAll('│', ' ').split(/\s+/).toSorted();
      assert.deepEqual(words(await shown(command, 80)), words(await shown(command, undefined)));
    });
  }

  test('keeps the rail of the trace beside a sentence that goes on', async () => {
    const lines = (await shown('describe web', 80)).split('\n');
    const at = lines.findIndex((line) => line.includes('├─ web-3'));
    assert.deepEqual(lines.slice(at, at + 3), [
      '  ├─ web-3     10.1.0.13         ! NOT READY  readiness probe tcp:8080 fails for',
      '  │                                           12m: dial tcp 10.1.0.13:8080:',
      '  │                                           connection refused',
    ]);
  });

  for (const [command, columns] of [
    ['debug web', 60],
    ['describe web', 70],
  ] as const) {
    test(`breaks nothing that ${command} says to type, and says below it what that is for`, async () => {
      const lines = (await shown(command, columns)).split('\n');
      const at = lines.findIndex((line) => line.includes('ss -ltnp'));
      assert.match(lines[at] ?? '', /in the guest: ss -ltnp \| grep 8080$/);
      assert.match(lines[at + 1] ?? '', /^ +\(does anything/);
    });
  }

  test('keeps the sentence of a near miss in its column, however long its addresses are', async () => {
    const near = aVm('web-1', { labels: { app: 'Web' }, ip: ['10.1.0.11', '2001:db8:1:2:3:4:5:11'] });
    const items = [aVmService('web', { selector: { app: 'web' } }), near];
    const io = testIo(['describe', 'web', '-n', 'prod', '--offline', '-f', '-'], {
      ...{ env: { LANG: 'C.UTF-8', NO_COLOR: '' }, tty: { stdout: true }, columns: 100 },
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    await run(io);
    const lines = io.out().split('\n');
    const at = lines.findIndex((line) => line.includes('NOT SELECTED'));
    assert.deepEqual(lines.slice(at, at + 3), [
      '     web-1     10.1.0.11,2001:db8:1:2:3:4:5:11 NOT SELECTED  label app=Web; the selector wants',
      `${' '.repeat(61)}app=web (letter case)`,
      '',
    ]);
  });
});
