import { isDnsName } from '../../core/name-rules.ts';
import { serviceName } from '../../core/webhook/names.ts';
import { targetType, typedTarget } from '../targets.ts';

/** What the words and `--from` name: the service to be, and the VMs that it is for. */
export interface CreateNames {
  readonly name: string | undefined;
  readonly vms: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Reads `web`, `vmservice web`, `vmservice/web`, `vm/web-1 vm/web-2` and `vm web-1`, with `--name` and `--from=vm/web-1,vm/web-2`.
 * With `byLabels`, `-l` says which VMs, and `expose vm` needs no name.
 * A service for one VM that stands in the words is called as the VM, if nothing else is said, as kubectl's expose does it.
 */
export function createNames(
  command: string,
  args: readonly string[],
  named: string | undefined,
  from: readonly string[],
  byLabels: boolean,
): CreateNames {
  const problems: string[] = [];
  const words = typed(command, args, byLabels, problems);
  const services = [...words.flatMap(({ type, name }) => (type === 'vmService' ? [name] : [])), ...(named === undefined ? [] : [named])];
  const wordVms = words.flatMap(({ type, name }) => (type === 'vm' ? [name] : []));
  const vms = [...new Set([...wordVms, ...fromVms(from, problems)])];
  const [first, second] = services;
  if (second !== undefined) problems.push(`one service at a time, not ${services.map((name) => JSON.stringify(name)).join(' and ')}`);
  const name = first ?? (wordVms.length === 1 ? wordVms[0] : undefined);
  const problem = name === undefined ? undefined : serviceNameProblem(name);
  if (problem !== undefined) problems.push(problem);
  for (const vm of vms) if (!isDnsName(vm)) problems.push(`${JSON.stringify(vm)} cannot be the name of a VM: ${subdomainRule}`);
  return { name, vms, problems };
}

const subdomainRule = "names have lower-case letters, digits, '-' and '.'";

/** What is wrong with the name of a service: it becomes that of a Service, whose rule is the strictest. Undefined for a good one. */
export function serviceNameProblem(name: string): string | undefined {
  if (name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) return undefined;
  const better = serviceName(name);
  const rule =
    "it becomes that of a Service, which begins with a letter, has lower-case letters, digits and '-', and at most 63 characters";
  return `${JSON.stringify(name)} cannot be the name: ${rule}${better === undefined ? '' : `; ${JSON.stringify(better)} can`}`;
}

interface Named {
  readonly type: 'vmService' | 'vm';
  readonly name: string;
}

function typed(command: string, args: readonly string[], byLabels: boolean, problems: string[]): readonly Named[] {
  const [first = '', ...rest] = args;
  const type = first.includes('/') ? undefined : typeOf(command, first, problems);
  // What is exposed has a type, as kubectl's; to create, a lone word is a name, even one that is also a type.
  if (type !== undefined && rest.length === 0 && command === 'expose') {
    if (type !== 'vm' || !byLabels) problems.push(nameless(first, type));
    return [];
  }
  if (type !== undefined && rest.length > 0) return rest.map((name) => ({ type, name }));
  return args.flatMap((word) => {
    const slash = word.indexOf('/');
    if (slash < 0) return [{ type: 'vmService' as const, name: word }];
    const named = typeOf(command, word.slice(0, slash), problems);
    if (named !== undefined && slash + 1 === word.length) problems.push(nameless(word, named));
    else if (named !== undefined) return [{ type: named, name: word.slice(slash + 1) }];
    else problems.push(`${command} knows vm and vmservice, not ${JSON.stringify(word.slice(0, slash))}`);
    return [];
  });
}

function nameless(word: string, type: Named['type']): string {
  return `${JSON.stringify(word)} says which type, and no name: write ${type === 'vm' ? 'vm/NAME' : 'vmservice/NAME'}`;
}

function typeOf(command: string, word: string, problems: string[]): Named['type'] | undefined {
  const target = typedTarget(word);
  if (target?.type === 'vmService' && target.version !== undefined)
    problems.push(`${command} writes in the version that the server prefers, and ${word} names another`);
  return target?.type;
}

function fromVms(from: readonly string[], problems: string[]): readonly string[] {
  return from
    .flatMap((value) =>
      value.split(',').map((text) => {
        const slash = text.indexOf('/');
        if (slash >= 0 && targetType(text.slice(0, slash)) !== 'vm') {
          problems.push(`--from ${JSON.stringify(value)}: must be vm/NAME, several separated by commas`);
          return [];
        }
        const name = text.slice(slash + 1);
        if (name === '') problems.push(`--from ${JSON.stringify(value)}: must be vm/NAME, several separated by commas`);
        return name === '' ? [] : [name];
      }),
    )
    .flat();
}
