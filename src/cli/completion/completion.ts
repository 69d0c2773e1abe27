import { findingWords } from '../../core/finding-codes.ts';
import { findingCodes } from '../../core/finding-family.ts';
import type { CommandSpec, Completes, OptionSpec } from '../spec.ts';
import { type ObjectKind, objectKind, targetType } from '../targets.ts';
import { readLine, type TypedLine } from './typed-line.ts';

/** One word that may stand where TAB was typed. */
export interface Candidate {
  readonly word: string;
  /** A few words about it, which some shells show. */
  readonly note?: string;
}

/** Kinds of objects that are named with their type. */
type TypedKind = 'vmServices' | 'vms' | 'services' | 'endpoints' | 'endpointSlices';

/** Something that only the cluster, or the kubeconfig, can tell. */
export type Wanted =
  | { readonly what: 'names'; readonly of: TypedKind | 'namespaces' }
  | { readonly what: 'labelKeys'; readonly of: 'vmServices' | 'vms' }
  | { readonly what: 'labelValues'; readonly of: 'vmServices' | 'vms'; readonly key: string }
  | { readonly what: 'entries'; readonly of: 'contexts' | 'clusters' | 'users' };

/** Words that are known once something was looked up. Nothing is offered when it could not be: half an answer misleads. */
export interface LookupCompletion {
  readonly from: 'lookup';
  readonly wanted: Wanted;
  /** The options typed so far, by name: they say which cluster, and which namespace. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** The candidates, from what was found. */
  readonly candidates: (found: readonly string[]) => readonly Candidate[];
}

/** Files behind something that belongs to the same word, which a shell would not find by itself: `sarif=repo`. */
export interface PathCompletion {
  readonly from: 'paths';
  readonly before: string;
  readonly typed: string;
}

export type Completion =
  | { readonly from: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly from: 'files' }
  | PathCompletion
  | LookupCompletion;

/**
 * What may stand for the last of the words typed after `kubectl vmsvc`, which may be empty. The value of `--name=value` and
 * `-n=value` is offered without what stands before it, as kubectl's scripts for the shells expect.
 */
export function completionOf(words: readonly string[], commands: readonly CommandSpec[], globals: readonly OptionSpec[]): Completion {
  const typed = words.at(-1) ?? '';
  const line = readLine(words.slice(0, -1), commands, globals);
  if (line.afterDashes) {
    if (line.command === undefined || line.command === 'help') return nothing;
    return line.command.takesCommand === true ? { from: 'files' } : argumentCompletion(line.command, typed, line);
  }
  if (line.pending !== undefined) return valueCompletion(line.pending, typed, line);
  if (typed.startsWith('-')) return optionCompletion(typed, line);
  if (line.command === undefined) return line.words.length > 0 ? nothing : commandCompletion(typed, commands);
  if (line.command === 'help') return line.words.length > 0 ? nothing : wordsOf(commandNames(commands), typed);
  return argumentCompletion(line.command, typed, line);
}

/** The lines that kubectl and the scripts read: candidates, then `:` with a sum of 2 (no blank behind it) and 4 (no files). */
export function completionText(candidates: readonly Candidate[] | 'files'): string {
  if (candidates === 'files') return ':0\n';
  const lines = candidates.map(({ word, note }) => (note === undefined ? word : `${word}\t${note}`));
  const unfinished = candidates.length > 0 && candidates.every(({ word }) => word.endsWith('=') || word.endsWith('/'));
  return `${[...lines, unfinished ? ':6' : ':4'].join('\n')}\n`;
}

const nothing: Completion = { from: 'words', candidates: [] };

function commandCompletion(typed: string, commands: readonly CommandSpec[]): Completion {
  const named = commandNames(commands).filter(({ word }) => word.startsWith(typed));
  const aliases = commands.flatMap((spec) => spec.aliases.map((word) => ({ word, note: spec.summary })));
  return named.length > 0 ? { from: 'words', candidates: named } : wordsOf(aliases, typed);
}

function commandNames(commands: readonly CommandSpec[]): readonly Candidate[] {
  return [...commands.map(({ name, summary }) => ({ word: name, note: summary })), { word: 'help', note: 'help about a command' }];
}

function wordsOf(candidates: readonly Candidate[], typed: string): Completion {
  return { from: 'words', candidates: candidates.filter(({ word }) => word.startsWith(typed)) };
}

/** `--name`, `--name=value`, `-n`, `-n=value` and `-nvalue`. */
function optionCompletion(typed: string, line: TypedLine): Completion {
  const equals = typed.indexOf('=');
  if (typed.startsWith('--') && equals >= 0) {
    const option = line.options.find(({ name }) => name === typed.slice(2, equals));
    return option === undefined ? nothing : valueCompletion(option, typed.slice(equals + 1), line);
  }
  const short = line.options.find((option) => option.short !== undefined && option.short === typed[1]);
  if (short === undefined || typed === '-') return wordsOf(optionWords(line, typed), typed);
  const note = firstSentence(short.text);
  if (typed.length === 2) return { from: 'words', candidates: [{ word: typed, note }] };
  if (short.kind === 'boolean') return nothing;
  return equals === 2
    ? valueCompletion(short, typed.slice(3), line)
    : behind(typed.slice(0, 2), valueCompletion(short, typed.slice(2), line));
}

/** Options that may still be given: a list may be given again, anything else may not. */
function optionWords({ options, given }: TypedLine, typed: string): readonly Candidate[] {
  const free = options.filter(({ name, kind, short }) => short !== name && (kind === 'list' || !given.has(name)));
  const help = { word: '--help', note: 'Help about the command' };
  const long = free.flatMap(spellings);
  const short = free.flatMap((option) =>
    option.short === undefined ? [] : [{ word: `-${option.short}`, note: firstSentence(option.text) }],
  );
  return typed === '-' ? [...long, help, ...short] : [...long, help];
}

/** An option that takes its value behind `=` only is spelt out with its values, of which the sentence about the option is not true. */
function spellings(option: OptionSpec): readonly Candidate[] {
  const { name, kind, fallback, choices = [], completes = choices, text } = option;
  const note = firstSentence(text);
  if (kind === 'boolean' && fallback === 'true') return [{ word: `--${name}=false` }];
  const values = kind === 'optional' && typeof completes !== 'string' ? completes : [];
  return [{ word: `--${name}`, note }, ...values.map((value) => ({ word: `--${name}=${value}` }))];
}

/** Up to its end, or to what only goes on from it; `KEY=VALUE: …` is no sentence yet. */
function firstSentence(text: string): string {
  return /^(?:\S+: )?.*?(?=[.;:](?:\s|$)|$)/.exec(text)?.[0] ?? '';
}

function behind(start: string, completion: Completion): Completion {
  const prefixed = (candidates: readonly Candidate[]) => candidates.map(({ word, ...rest }) => ({ ...rest, word: start + word }));
  switch (completion.from) {
    case 'files':
      return completion;
    case 'paths':
      return { ...completion, before: start + completion.before };
    case 'words':
      return { from: 'words', candidates: prefixed(completion.candidates) };
    case 'lookup':
      return { ...completion, candidates: (found) => prefixed(completion.candidates(found)) };
  }
}

function valueCompletion(option: OptionSpec, typed: string, line: TypedLine): Completion {
  const completes: Completes = option.completes ?? option.choices ?? (option.kind === 'boolean' ? ['true', 'false'] : []);
  const equals = typed.indexOf('=') + 1;
  if (equals > 0 && option.filesBehind?.includes(typed.slice(0, equals - 1))) {
    return { from: 'paths', before: typed.slice(0, equals), typed: typed.slice(equals) };
  }
  const given = line.given.get(option.name) ?? [];
  if (option.kind === 'list' && option.whole) return completesOf(completes, typed, line, given);
  if (option.kind !== 'list' || completes === 'files') return completesOf(completes, typed, line, []);
  const comma = typed.lastIndexOf(',') + 1;
  const earlier = [...given, typed.slice(0, comma)].flatMap((value) => value.split(','));
  return behind(typed.slice(0, comma), completesOf(completes, typed.slice(comma), line, earlier));
}

function argumentCompletion({ completes }: CommandSpec, typed: string, line: TypedLine): Completion {
  if (completes === undefined) return nothing;
  if (typeof completes !== 'string') return line.words.length > 0 ? nothing : completesOf(completes, typed, line, []);
  // A name says nothing across namespaces, and files that play the cluster are not read for this.
  if (line.given.get('all-namespaces')?.at(-1) === 'true' || line.given.get('offline')?.at(-1) === 'true') return nothing;
  return completesOf(completes, typed, line, line.words);
}

/** @param except words that were already given */
function completesOf(completes: Completes, typed: string, line: TypedLine, except: readonly string[]): Completion {
  if (typeof completes !== 'string') {
    return wordsOf(
      completes.filter((word) => !except.includes(word)).map((word) => ({ word })),
      typed,
    );
  }
  switch (completes) {
    case 'files':
      return { from: 'files' };
    case 'codes':
      return codeCompletion(typed, except);
    case 'namespaces':
      return lookup({ wanted: { what: 'names', of: completes }, typed, line });
    case 'contexts':
    case 'clusters':
    case 'users':
      return lookup({ wanted: { what: 'entries', of: completes }, typed, line });
    case 'vmServices':
    case 'targets':
    case 'vms':
      return targetCompletion(completes, typed, line, except);
    case 'objects':
      return objectCompletion(typed, line);
    case 'vmServiceLabels':
      return labelCompletion('vmServices', typed, line);
    case 'vmLabels':
      return labelCompletion('vms', typed, line);
    case 'vmServiceLabelKeys':
      return lookup({ wanted: { what: 'labelKeys', of: 'vmServices' }, typed, line, except });
  }
}

/** `VMS301`, or by its word. */
function codeCompletion(typed: string, except: readonly string[]): Completion {
  const free = findingCodes.filter((code) => !except.includes(code) && !except.includes(findingWords[code]));
  const byNumber = free.map((code) => ({ word: code, note: findingWords[code] }));
  const byWord = free.map((code) => ({ word: findingWords[code], note: code }));
  return wordsOf(typed === '' ? byNumber : [...byNumber, ...byWord], typed);
}

interface LookupOptions {
  readonly wanted: Wanted;
  readonly typed: string;
  readonly line: TypedLine;
  /** What every candidate begins with, besides what is found. */
  readonly before?: string;
  readonly after?: string;
  readonly besides?: readonly string[];
  readonly except?: readonly string[];
}

function lookup({ wanted, typed, line, before = '', after = '', besides = [], except = [] }: LookupOptions): LookupCompletion {
  return {
    from: 'lookup',
    wanted,
    given: line.given,
    candidates: (found) => {
      const words = [...new Set(found)].sort().map((word) => `${before}${word}${after}`);
      return [...words, ...besides].filter((word) => word.startsWith(typed) && !except.includes(word)).map((word) => ({ word }));
    },
  };
}

/** `web`, `vmservice/web`, `vmservice web`, `vm/web-1`, `vm web-1`. */
function targetCompletion(
  completes: 'vmServices' | 'targets' | 'vms',
  typed: string,
  line: TypedLine,
  except: readonly string[],
): Completion {
  const names = (type: 'vmService' | 'vm', before: string): Completion => {
    const of = type === 'vm' ? 'vms' : 'vmServices';
    if (completes === (of === 'vms' ? 'vmServices' : 'vms')) return nothing;
    return lookup({ wanted: { what: 'names', of }, typed, line, before, except });
  };
  const slash = typed.indexOf('/');
  if (slash >= 0) {
    const type = targetType(typed.slice(0, slash));
    return type === undefined ? nothing : names(type, typed.slice(0, slash + 1));
  }
  const first = line.words[0];
  const type = first === undefined || first.includes('/') ? undefined : targetType(first);
  if (type !== undefined) return names(type, '');
  // The slash was not typed yet.
  if (completes === 'vms')
    return 'vm/'.startsWith(typed) ? lookup({ wanted: { what: 'names', of: 'vms' }, typed: '', line, before: 'vm/', except }) : nothing;
  const besides = completes === 'targets' ? ['vm/'] : [];
  return lookup({ wanted: { what: 'names', of: 'vmServices' }, typed, line, besides, except });
}

/** `vm/web-1`, `service/web`: the type has to be there. */
function objectCompletion(typed: string, line: TypedLine): Completion {
  const slash = typed.indexOf('/') + 1;
  if (slash === 0)
    return wordsOf(
      ['vmservice/', 'vm/', 'service/', 'endpoints/', 'endpointslice/'].map((word) => ({ word })),
      typed,
    );
  const kind = objectKind(typed.slice(0, slash - 1));
  return kind === undefined ? nothing : lookup({ wanted: { what: 'names', of: lists[kind] }, typed, line, before: typed.slice(0, slash) });
}

const lists: Readonly<Record<ObjectKind, TypedKind>> = {
  VirtualMachineService: 'vmServices',
  VirtualMachine: 'vms',
  Service: 'services',
  Endpoints: 'endpoints',
  EndpointSlice: 'endpointSlices',
};

/** The last term of a query: a key, then `=`, `==` or `!=` and a value. Terms with `in` are left alone. */
function labelCompletion(of: 'vmServices' | 'vms', typed: string, line: TypedLine): Completion {
  const start = typed.lastIndexOf(',') + 1;
  const term = typed.slice(start);
  const [, key = '', operator = ''] = /^([^!=\s()]+)(==|!=|=)/.exec(term) ?? [];
  if (operator !== '') {
    return lookup({ wanted: { what: 'labelValues', of, key }, typed, line, before: typed.slice(0, start) + key + operator });
  }
  if (!/^!?[^!=\s()]*$/.test(term) || typed.lastIndexOf('(') > typed.lastIndexOf(')')) return nothing;
  const absent = term.startsWith('!');
  return lookup({
    wanted: { what: 'labelKeys', of },
    typed,
    line,
    before: typed.slice(0, start) + (absent ? '!' : ''),
    after: absent ? '' : '=',
  });
}
