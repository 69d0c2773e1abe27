import { endpointSlices, endpoints, type Resource, services, virtualMachineServices, virtualMachines } from '../model/resources.ts';
import { usageError } from './errors.ts';

/** What the words after a command name: services by default, VMs where they say so. */
export interface Targets {
  /** Each once. */
  readonly vmServices: readonly string[];
  readonly vms: readonly string[];
  /** All of them in the order in which they were said, and as often. */
  readonly said: readonly Target[];
  /** The one that the type words name: `v1alpha2` of `vmservice.v1alpha2.vmoperator.vmware.com`. */
  readonly version: string | undefined;
}

export interface Target {
  readonly type: TargetType;
  readonly version: string | undefined;
  readonly name: string;
}

type TargetType = 'vmService' | 'vm';

/**
 * Reads `web`, `vmservice/web`, `vmservice web db`, `vm/web-1`, `vm web-1`, with or without `.version.group` behind the type.
 * @throws CliError for a type that is neither, for several versions, and for a name that no object can have
 */
export function parseTargets(args: readonly string[], command: string): Targets {
  const first = args[0];
  if (first === undefined) return { vmServices: [], vms: [], said: [], version: undefined };
  const typed = first.includes('/') ? undefined : typedTarget(first);
  // A lone word is a name, even one that is also a type: `get vm` would otherwise never find a service called vm.
  if (typed !== undefined && args.length > 1)
    return collect(
      args.slice(1).map((name) => ({ ...typed, name })),
      command,
    );
  return collect(
    args.map((word) => {
      const slash = word.indexOf('/');
      if (slash < 0) return { type: 'vmService' as const, version: undefined, name: word };
      const named = typedTarget(word.slice(0, slash));
      if (named === undefined) throw usageError(`${command} knows vmservice and vm, not ${JSON.stringify(word.slice(0, slash))}`, command);
      return { ...named, name: word.slice(slash + 1) };
    }),
    command,
  );
}

function collect(named: readonly Target[], command: string): Targets {
  for (const { name } of named) checkName(name, command);
  const namesOf = (type: TargetType) => [...new Set(named.filter((target) => target.type === type).map((target) => target.name))];
  const [version, ...others] = new Set(named.map((target) => target.version));
  if (others.length > 0) {
    const asked = [version, ...others].map((one) => one ?? 'the one that the server prefers').join(' and ');
    throw usageError(`${command} reads all objects in one version, not in ${asked}`, command);
  }
  return { vmServices: namesOf('vmService'), vms: namesOf('vm'), said: named, version };
}

/** A type word with the version that it names. */
export function typedTarget(word: string): Pick<Target, 'type' | 'version'> | undefined {
  const type = targetType(word);
  return type && { type, version: typeWord(word)?.version };
}

/** Which kind a type word names, as kubectl would take it; undefined for any other word. */
export function targetType(word: string): TargetType | undefined {
  const kind = objectKind(word);
  return kind === 'VirtualMachineService' ? 'vmService' : kind === 'VirtualMachine' ? 'vm' : undefined;
}

export type ObjectKind = 'VirtualMachineService' | 'VirtualMachine' | 'Service' | 'Endpoints' | 'EndpointSlice';

/** The same, of all kinds that have to do with a VirtualMachineService. */
export function objectKind(word: string): ObjectKind | undefined {
  return typeWord(word)?.kind;
}

/**
 * Takes `TYPE`, `TYPE.GROUP` and `TYPE.VERSION.GROUP` apart, where the beginning of a group is enough without a version. Mirrors
 * ParseResourceArg and the RESTMapper of kubectl, but for short names: there kubectl drops the version without a word.
 */
function typeWord(word: string): { readonly kind: ObjectKind; readonly version: string | undefined } | undefined {
  const [first = '', ...qualifiers] = word.split('.');
  const found = types.get(first.toLowerCase());
  if (found === undefined) return undefined;
  const { kind, group } = found;
  const [version, ...rest] = qualifiers;
  if (rest.length > 0 && rest.join('.') === group) return { kind, version };
  return group.startsWith(qualifiers.join('.')) ? { kind, version: undefined } : undefined;
}

/** What each kind is called: as the server says, and as people do. */
const spoken: readonly (readonly [kind: ObjectKind, resource: Resource, besides: readonly string[]])[] = [
  ['VirtualMachineService', virtualMachineServices, ['vmservices', 'vmsvc']],
  ['VirtualMachine', virtualMachines, ['vms']],
  ['Service', services, []],
  ['Endpoints', endpoints, []],
  ['EndpointSlice', endpointSlices, []],
];
const types: ReadonlyMap<string, { readonly kind: ObjectKind; readonly group: string }> = new Map(
  spoken.flatMap(([kind, { group, singular, plural, shortNames }, besides]) =>
    [singular, plural, ...shortNames, ...besides].map((word) => [word, { kind, group }] as const),
  ),
);

/** Names are DNS subdomains; anything else never reaches a URL. */
function checkName(name: string, command: string): void {
  if (name.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) {
    throw usageError(`${JSON.stringify(name)} cannot be a name: names have lower-case letters, digits, '-' and '.'`, command);
  }
}
