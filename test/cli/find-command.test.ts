import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCommands, findCommand } from '../../src/cli/find-command.ts';

test('a command is the same one however it is found: by its name, by an alias, in the list', async () => {
  const commands = await allCommands();
  for (const command of commands) {
    for (const word of [command.name, ...command.aliases]) assert.equal(await findCommand(word), command, word);
  }
  const words = commands.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(words).size, words.length);
  assert.equal(await findCommand('frobnicate'), undefined);
});
