import { usageError } from './errors.ts';

/** What the words after a command name: services by default, VMs where they say so. */
export interface Targets {
  readonly vmServices: readonly string[];
  readonly vms: readonly string[];
}

/**
 * Reads `web`, `vmservice/web`, `vmservice web db`, `vm/web-1`, `vm web-1`, with or without `.version.group` behind the type.
 * @throws CliError for a type that is neither, and for a name that no object can have
 */
export function parseTargets(args: readonly string[], command: string): Targets {
  const first = args[0];
  if (first === undefined) return { vmServices: [], vms: [] };
  const type = first.includes('/') ? undefined : targetType(first);
  // A lone word is a name, even one that is also a type: `get vm` would otherwise never find a service called vm.
  if (type !== undefined && args.length > 1)
    return collect(
      args.slice(1).map((name) => ({ type, name })),
      command,
    );
  return collect(
    args.map((word) => {
      const slash = word.indexOf('/');
      if (slash < 0) return { type: 'vmService' as const, name: word };
      const named = targetType(word.slice(0, slash));
      if (named === undefined) throw usageError(`${command} knows vmservice and vm, not ${JSON.stringify(word.slice(0, slash))}`, command);
      return { type: named, name: word.slice(slash + 1) };
    }),
    command,
  );
}

function collect(named: readonly { readonly type: 'vmService' | 'vm'; readonly name: string }[], command: string): Targets {
  for (const { name } of named) checkName(name, command);
  const namesOf = (type: 'vmService' | 'vm') => [...new Set(named.filter((target) => target.type === type).map((target) => target.name))];
  return { vmServices: namesOf('vmService'), vms: namesOf('vm') };
}

/** Which kind a type word names, as kubectl would take it; undefined for any other word. */
export function targetType(word: string): 'vmService' | 'vm' | undefined {
  const kind = objectKind(word);
  return kind === 'VirtualMachineService' ? 'vmService' : kind === 'VirtualMachine' ? 'vm' : undefined;
}

export type ObjectKind = 'VirtualMachineService' | 'VirtualMachine' | 'Service' | 'Endpoints' | 'EndpointSlice';

/** The same, of all kinds that have to do with a VirtualMachineService. */
export function objectKind(word: string): ObjectKind | undefined {
  return kinds.get((word.split('.', 1)[0] ?? '').toLowerCase());
}

const words: Readonly<Record<ObjectKind, readonly string[]>> = {
  VirtualMachineService: ['virtualmachineservice', 'virtualmachineservices', 'vmservice', 'vmservices', 'vmsvc'],
  VirtualMachine: ['virtualmachine', 'virtualmachines', 'vm', 'vms'],
  Service: ['service', 'services', 'svc'],
  Endpoints: ['endpoints', 'ep'],
  EndpointSlice: ['endpointslice', 'endpointslices'],
};
const kinds: ReadonlyMap<string, ObjectKind> = new Map(
  (['VirtualMachineService', 'VirtualMachine', 'Service', 'Endpoints', 'EndpointSlice'] as const).flatMap((kind) =>
    words[kind].map((word) => [word, kind] as const),
  ),
);

/** Names are DNS subdomains; anything else never reaches a URL. */
function checkName(name: string, command: string): void {
  if (name.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) {
    throw usageError(`${JSON.stringify(name)} cannot be a name: names have lower-case letters, digits, '-' and '.'`, command);
  }
}
