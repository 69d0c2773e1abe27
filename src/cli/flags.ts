import { usageError } from './errors.ts';
import type { Flags, OptionSpec } from './spec.ts';

/** @throws CliError for a value that an option cannot have */
export function flagsOf(values: ReadonlyMap<string, readonly string[]>, specs: readonly OptionSpec[], command: string): Flags {
  checkValues(values, specs, command);
  const specOf = (name: string) => {
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined) throw new Error(`no option --${name} is declared for ${command}`);
    return spec;
  };
  const text = (name: string) => values.get(name)?.at(-1) ?? specOf(name).fallback;
  return {
    given: (name) => values.has(specOf(name).name),
    text,
    list: (name) => values.get(specOf(name).name) ?? [],
    on: (name) => text(name) === 'true',
    number(name, least) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,9}$/.test(value) || Number(value) < least) {
        throw usageError(`--${name} ${JSON.stringify(value)}: must be a whole number of at least ${least}`, command);
      }
      return Number(value);
    },
  };
}

/** Before anything is asked: booleans are true or false, and an option with choices has one of them, or a list some of them. @throws CliError */
function checkValues(values: ReadonlyMap<string, readonly string[]>, specs: readonly OptionSpec[], command: string): void {
  for (const { name, kind, choices, whole } of specs) {
    for (const value of values.get(name) ?? []) {
      if (kind === 'boolean' && value !== 'true' && value !== 'false') {
        throw usageError(`--${name} ${JSON.stringify(value)}: must be true or false`, command);
      }
      const unknown = (kind === 'list' && whole !== true ? value.split(',') : [value]).find((word) => choices?.includes(word) === false);
      if (unknown !== undefined) {
        throw usageError(`--${name} ${JSON.stringify(unknown)}: must be one of ${choices?.join(', ')}`, command);
      }
    }
  }
}

/**
 * For commands that act on what a query finds: an empty one, of a variable that is not set, finds everything, which nobody has said.
 * @throws CliError
 */
export function refuseEmptyQuery(flags: Flags, command: string): void {
  if (flags.text('selector')?.trim() !== '') return;
  throw usageError('-l "": must be a label query, as in app=web; an empty one would find every VirtualMachineService', command);
}
