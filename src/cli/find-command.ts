import type { CommandSpec } from './spec.ts';

/** What is asked all day is declared without the others, which are many. */
const loadedAlone: ReadonlyMap<string, () => Promise<CommandSpec>> = new Map([
  ['get', async () => (await import('./specs/get.ts')).getCommand],
  ['describe', async () => (await import('./specs/describe.ts')).describeCommand],
  ['explain', async () => (await import('./specs/explain.ts')).explainCommand],
  ['version', async () => (await import('./specs/version.ts')).versionCommand],
]);

/** The command of that name or alias. */
export async function findCommand(word: string): Promise<CommandSpec | undefined> {
  const alone = loadedAlone.get(word);
  if (alone !== undefined) return alone();
  return (await allCommands()).find((command) => command.name === word || command.aliases.includes(word));
}

/** Every command, in the order of the root help. */
export async function allCommands(): Promise<readonly CommandSpec[]> {
  return (await import('./program.ts')).commands;
}
