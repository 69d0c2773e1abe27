import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseArgv } from '../../src/cli/argv.ts';
import { findCommand } from '../../src/cli/find-command.ts';
import { globalOptions } from '../../src/cli/global-options.ts';

const getOptions = [...((await findCommand('get'))?.options ?? []), ...globalOptions];
const reconcileOptions = [...((await findCommand('reconcile'))?.options ?? []), ...globalOptions];

const cases: readonly (readonly [what: string, typed: string, meant: string])[] = [
  ['a value behind a blank', 'get --output json', 'get --output=json'],
  ['a short option with a blank', 'get -o json', 'get --output=json'],
  ['a short option with its value attached', 'get -ojson', 'get --output=json'],
  ['a short option with an equals sign', 'get -o=json', 'get --output=json'],
  ['a boolean alone', 'get -A', 'get --all-namespaces=true'],
  ['booleans in a row before one with a value', 'get -Aojson', 'get --all-namespaces=true --output=json'],
  ['a boolean with its value behind a blank', 'get --no-headers false web', 'get --no-headers=false web'],
  ['a boolean does not swallow a name', 'get --no-headers web', 'get --no-headers=true web'],
  ['a value that looks like an option', 'get -n -x', 'get --namespace=-x'],
  ['verbosity in all its spellings', 'get -v=6 -v 7 --v=8', 'get --v=6 --v=7 --v=8'],
  ['an unknown option stays for the error', 'get --frobnicate -Z', 'get --frobnicate -Z'],
  ['an option without its value stays for the error', 'get -o', 'get --output'],
  ['nothing behind -- is touched', 'sandbox -- get -o json', 'sandbox -- get -o json'],
];

for (const [what, typed, meant] of cases) {
  test(`a command line with ${what}`, () => {
    assert.deepEqual(normaliseArgv(typed.split(' '), getOptions), meant.split(' '));
  });
}

test('--dry-run alone means client, and never takes the next word', () => {
  assert.deepEqual(normaliseArgv(['reconcile', '--dry-run', 'server'], reconcileOptions), ['reconcile', '--dry-run=client', 'server']);
  assert.deepEqual(normaliseArgv(['reconcile', '--dry-run=server'], reconcileOptions), ['reconcile', '--dry-run=server']);
});
