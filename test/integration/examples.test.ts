import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { normaliseArgv } from '../../src/cli/argv.ts';
import { globalOptions } from '../../src/cli/global-options.ts';
import { commands as everyCommand } from '../../src/cli/program.ts';
import { parseCommand } from '../../src/cli/program-parser.ts';
import { neededRights } from '../../src/core/rights/rights.ts';
import { minimalRole } from '../../src/core/rights/role.ts';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'docs/examples');

/** The commands of this tool in a text for a shell, as words. */
function commandsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/(?<!=)kubectl[ -]vmsvc ([^\n|>;#)]+)/g)].map(([, words = '']) => words.trim().split(/\s+/));
}

/** @throws CliError for a command or an option that does not exist */
function check(words: readonly string[]): void {
  const command = everyCommand.find(({ name }) => name === words[0]);
  assert.ok(command !== undefined, `there is no command ${words[0]}`);
  parseCommand(command, normaliseArgv(words, [...command.options, ...globalOptions]));
}

describe('the examples', () => {
  test('the CronJob: its objects belong together, and its Role has the rights that reconcile takes and no others', () => {
    const objects = parseAllDocuments(readFileSync(join(examples, 'cronjob.yaml'), 'utf8')).map((document) => {
      assert.deepEqual(document.errors, []);
      return document.toJS();
    });
    assert.deepEqual(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      ['ServiceAccount', 'Role', 'RoleBinding', 'PersistentVolumeClaim', 'CronJob'].map((kind) => `${kind} prod/vmsvc-reconcile`),
    );
    const [, role, binding, claim, cronJob] = objects;
    const rights = neededRights('reconcile', { asController: false, skipStatus: false, serviceOnly: false, settingsDecide: true });
    assert.deepEqual(role, minimalRole('reconcile', 'prod', rights));
    assert.deepEqual(binding.roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'vmsvc-reconcile' });
    assert.deepEqual(binding.subjects, [{ kind: 'ServiceAccount', name: 'vmsvc-reconcile', namespace: 'prod' }]);
    const { spec } = cronJob.spec.jobTemplate.spec.template;
    assert.equal(spec.serviceAccountName, 'vmsvc-reconcile');
    assert.equal(spec.volumes[0].persistentVolumeClaim.claimName, claim.metadata.name);
    check(spec.containers[0].args);
  });

  test('the workflow: every command in it exists, with its options', () => {
    const { jobs } = parse(readFileSync(join(examples, 'github-actions.yaml'), 'utf8'));
    const runs = jobs.drift.steps.flatMap((step: { run?: string }) => step.run ?? []);
    const commands = runs.flatMap(commandsIn);
    assert.deepEqual(
      commands.map(([first]: readonly string[]) => first),
      ['diff', 'reconcile'],
    );
    for (const words of commands) check(words);
  });

  test('the commands for scripts in the README exist, with their options', () => {
    const [, section = ''] = /^## In scripts\n([\s\S]*?)^## /m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    const commands = [...section.matchAll(/```\n([\s\S]*?)```/g)].flatMap(([, block = '']) => commandsIn(block));
    assert.ok(commands.length >= 5, `${commands.length} commands`);
    for (const words of commands) check(words);
  });
});
