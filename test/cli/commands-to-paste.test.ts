import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { finalizer } from '../../src/core/profile.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor, type Supervisor } from '../support/supervisor.ts';

// Whoever looks at another cluster, or as another user, pastes what is printed: it has to lead to the same place.
const asked = ['-n', 'prod', '--context=sandbox', '--user=sandbox'];
const carried = '-n prod --context=sandbox --user=sandbox';

const near = [
  aVmService('web', { finalizers: [finalizer], selector: { app: 'web' } }),
  aVm('web-1', { labels: { app: 'Web' }, ip: '10.1.0.11' }),
];

async function said(supervisor: Supervisor, ...words: string[]): Promise<string> {
  const { out, err } = await supervisor.runWords([...words, ...asked]);
  return `${out}${err}`;
}

suite('a command to paste carries the flags that say which cluster, and as whom:', () => {
  test('in the findings of debug, for people and in documents', async () => {
    const supervisor = await aSupervisor(near);
    const command = `kubectl label vm web-1 ${carried} app=web --overwrite`;
    assert.match(await said(supervisor, 'debug', 'web'), new RegExp(`^  fix    ${command}$`, 'm'));
    const { findings } = JSON.parse((await supervisor.runWords(['debug', 'web', '-o', 'json', ...asked])).out);
    const nearMiss = findings.find(({ code }: { code: string }) => code === 'VMS202');
    assert.equal(nearMiss.fix[0].command, command);
  });

  test('in what debug of a namespace says to start with', async () => {
    const supervisor = await aSupervisor(near);
    assert.match(await said(supervisor, 'debug'), new RegExp(` Start with: kubectl vmsvc debug web ${carried}\n$`));
  });

  test('in the findings under a description', async () => {
    const supervisor = await aSupervisor([...near, aVm('web-2', { labels: { app: 'web' } })]);
    assert.match(
      await said(supervisor, 'describe', 'web'),
      new RegExp(`web-1: kubectl label vm web-1 ${carried} app=web --overwrite$`, 'm'),
    );
  });

  test('in the findings of validate about live objects', async () => {
    const supervisor = await aSupervisor(near);
    assert.match(
      await said(supervisor, 'validate', 'web'),
      new RegExp(`^    fix: kubectl label vm web-1 ${carried} app=web --overwrite$`, 'm'),
    );
  });

  for (const words of [
    ['delete', 'web', '--timeout=50ms'],
    ['wait', 'web', '--for=delete', '--timeout=50ms'],
  ]) {
    test(`in what ${words[0]} says about a finalizer`, async () => {
      const supervisor = await aSupervisor(near);
      await supervisor.run('delete web -n prod --wait=false');
      const line = `do its work from here, with the rights to delete them:  kubectl vmsvc reconcile web ${carried} --once --as-controller`;
      assert.match(await said(supervisor, ...words), new RegExp(`^ +${line}$`, 'm'));
    });
  }
});

test('what was looked at in files is in no cluster: commands to paste name none', async () => {
  const supervisor = await aSupervisor(near);
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: near });
  const { out } = await supervisor.run('debug web -n prod --offline -f - --context=sandbox', { stdin });
  assert.match(out, /kubectl label vm web-1 -n prod app=web --overwrite$/m);
});

test('a command to go on with goes by the same release', async () => {
  const said = '--release=main --provider=nsx --capability=supports_workload_ipv6=true';
  const supervisor = await aSupervisor(near);
  const live = await supervisor.run(`debug -n prod ${said}`);
  assert.match(live.out, new RegExp(` Start with: kubectl vmsvc debug web -n prod ${said}\n$`));

  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: near });
  const files = await supervisor.run(`describe web -n prod --offline -f - ${said}`, { stdin });
  assert.match(files.out, new RegExp(`^  More: kubectl vmsvc debug web -n prod --offline -f - ${said}$`, 'm'));
});
