import type { ExitCode, Io } from './io.ts';

/**
 * What TAB looks up: names of objects, labels as a query (`app=web,tier`) or their keys alone, entries of the kubeconfig, files,
 * codes of findings.
 * `targets` are VirtualMachineServices, and VMs as `vm/NAME`; `vms` are the latter alone; `objects` have their type before them.
 */
export type Lookup =
  | 'vmServices'
  | 'targets'
  | 'vms'
  | 'objects'
  | 'namespaces'
  | 'vmServiceLabels'
  | 'vmServiceLabelKeys'
  | 'vmLabels'
  | 'contexts'
  | 'clusters'
  | 'users'
  | 'files'
  | 'codes';

/** What TAB offers for a word: fixed words, or something that is looked up. */
export type Completes = readonly string[] | Lookup;

/**
 * One option as it is declared. `boolean` is true when it stands alone; `optional` has a value for standing alone and otherwise
 * takes it after `=` only, as kubectl's `--dry-run`; `list` may be given several times.
 */
export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  readonly kind: 'boolean' | 'text' | 'list' | 'optional';
  /** The value when the option is not given, as help shows it. */
  readonly fallback?: string;
  /** The value of an `optional` option that stands alone. */
  readonly bare?: string;
  /** The only values, for completion and for the error that names them. */
  readonly choices?: readonly string[];
  /** What TAB offers for its value; without it the choices. */
  readonly completes?: Completes;
  /** Words of `completes` behind whose `=` a file is named, as in `sarif=report.sarif`. */
  readonly filesBehind?: readonly string[];
  /** Of a list: a comma is a part of the value, and the option is given again for another one. */
  readonly whole?: boolean;
  readonly text: string;
}

/** The options of one command line, by their names. Every reader says in one sentence what is wrong with a value. */
export interface Flags {
  /** Whether it was typed. */
  given(name: string): boolean;
  /** The value, or the declared fallback; undefined without either. An option given twice counts as given last. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  on(name: string): boolean;
  /** A whole number of at least `least`. @throws CliError for anything else */
  number(name: string, least: number): number | undefined;
}

export interface CommandInput {
  /** The command's name or alias, as it was typed: what is said of mistakes speaks of that. */
  readonly word: string;
  readonly args: readonly string[];
  readonly flags: Flags;
  /** The command that stood after `--`; undefined without it, and where the command line takes none. */
  readonly afterDashes: readonly string[] | undefined;
}

export interface CommandSpec {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The heading of the root help under which it stands. */
  readonly group: 'Basic' | 'Understand' | 'Check' | 'Converge' | 'Offline' | 'More';
  /** Flags that people try and that it does not have, each with why, in a sentence. */
  readonly refuses?: Readonly<Record<string, string>>;
  /** In the root help, without a full stop. */
  readonly summary: string;
  readonly description: string;
  /** Each a `#` line and the command below it; the first is the most common use. */
  readonly examples: readonly (readonly [comment: string, command: string])[];
  /** `[NAME…]`, as in the usage line. */
  readonly argument: string;
  /** What stands after `--` is a command to run. Elsewhere it is words like the others, whatever they begin with. */
  readonly takesCommand?: boolean;
  /** What TAB offers for those words; without it nothing. */
  readonly completes?: Completes;
  readonly options: readonly OptionSpec[];
  /** Loads the command's module, and runs it. */
  readonly run: (input: CommandInput, io: Io) => Promise<ExitCode>;
}
