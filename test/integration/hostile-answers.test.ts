import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isWatch } from '../../src/apiserver/http/http-message.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';

/** Colours, OSC 8 and 52, C1, bidi, zero width, a NUL, lines of their own, and commands. */
const evil =
  "\u001b[31m\u001b]52;c;eA==\u0007\u009b2J\u202e\u2066\u200b\u0000\r\nFORGED ok\u2028\u{e0041}`id`$(id)';id;\nkubectl delete ns prod\n";

const web = aVmService('web', { ingress: ['192.0.2.7'], finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });
const world: readonly KubeObject[] = [
  web,
  aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11', ready: true }),
  aService('web', { owners: [ownedBy(web)], ingress: ['192.0.2.7'] }),
  someEndpoints('web', { owners: [ownedBy(web)], subsets: [] }),
];

/** Every command that asks a server, each so that it ends by itself. */
const commands: readonly string[] = [
  'get',
  'get -o wide',
  'get web -o yaml',
  'vms',
  'describe web',
  'describe vm/web-1',
  'debug',
  'debug web',
  'diff web',
  'events web',
  'can-i',
  'validate web',
  'wait web --for=healthy --timeout=1ms',
  'bundle --file=-',
  'create new --type=LoadBalancer --selector=app=web --port=80 --dry-run=server',
  'create new --type=LoadBalancer --from=vm/web-1 --port=80',
  'delete web --dry-run=server --yes',
  'delete web --yes --wait=false',
  'reconcile web --once --dry-run=server --force --reason=test',
  'reconcile web --once --force --reason=test',
  'nudge web --yes --timeout=1ms',
  'debug web --probe=tcp',
];

/** What went wrong in an output; undefined where nothing did. */
function flawOf(text: string): string | undefined {
  const raw = /[^\P{C}\n]|\u2028|\u2029/u.exec(text);
  if (raw !== null) return `${JSON.stringify(raw[0])} in ${JSON.stringify(text.slice(Math.max(0, raw.index - 60), raw.index + 60))}`;
  const forged = /^\s*(?:FORGED|kubectl delete ns prod).*$/m.exec(text);
  return forged === null ? undefined : `a line was forged: ${forged[0]}`;
}

suite('R093 hostile words of a server', () => {
  for (const [index, command] of commands.entries()) {
    test(`refusing any request of: ${command}`, async () => {
      let heard = 0;
      let supervisor = await aSupervisor(world);
      const tried = new Set<string>();
      for (let at = 0; ; at += 1) {
        if (supervisor.writes.length > 0) supervisor = await aSupervisor(world);
        const code = [403, 422, 409, 404][(at + index) % 4] ?? 403;
        let refused = '';
        supervisor.disturb(({ method, path }) => {
          const request = `${method} ${path}`;
          if (refused === '' ? tried.has(request) : refused !== request) return undefined;
          refused = request;
          tried.add(request);
          const details = { name: evil, kind: evil, causes: [{ reason: evil, message: evil, field: evil }] };
          const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: evil, reason: evil, details, code };
          return { status: code, headers: { 'content-type': 'application/json' }, warnings: [], body: JSON.stringify(status) };
        });
        const words = [...command.split(' '), '-n', 'prod', '--request-timeout=2s'];
        const attempt = async () =>
          ({ result: 'refused', milliseconds: 1, retry: false, source: undefined, bytes: 0, detail: evil }) as const;
        const { out, err } = await supervisor.runWords(words, { attempt });
        if (refused === '') break;
        const said = command.startsWith('bundle') ? err : out + err;
        if (said.includes('FORGED')) heard += 1;
        const flaw = flawOf(said);
        assert.equal(flaw, undefined, `${code} for ${refused}: ${flaw}`);
      }
      assert.ok(heard > 0, 'nothing hostile was told');
    });
  }

  test('warnings beside its answers are told escaped, a line each', async () => {
    const supervisor = await aSupervisor(world);
    // What a header can hold: bytes from 128 on are those of UTF-8.
    const warning = Buffer.from('\u009b31mred\u202e\u2028 $(id) \\n FORGED').toString('latin1');
    supervisor.disturb((_, pass) => {
      const answer = pass();
      return isWatch(answer) ? answer : { ...answer, warnings: [warning] };
    });
    for (const command of commands) {
      const { out, err } = await supervisor.runWords([...command.split(' '), '-n', 'prod']);
      assert.equal(flawOf(command.startsWith('bundle') ? err : out + err), undefined, command);
    }
  });
});
