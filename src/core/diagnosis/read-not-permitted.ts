import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { advice, type Finding } from '../finding.ts';
import { type FindingCode, findingWords } from '../finding-codes.ts';
import { neededRights } from '../rights/rights.ts';
import type { Unavailable } from '../snapshot.ts';
import { commandIn } from './fixes.ts';
import { found } from './found.ts';
import type { SkippedRule } from './rule.ts';

/**
 * VMS910: what could not be looked at, and which rules were left out for that. One finding for each thing; nothing is said about what
 * those rules would have found. It is made by the engine, since only that knows.
 */
export function readNotPermitted(object: VirtualMachineService | VirtualMachine, skipped: readonly SkippedRule[]): readonly Finding[] {
  const holes = new Map<string, { readonly hole: Unavailable; readonly codes: FindingCode[] }>();
  for (const { code, missing } of skipped) {
    for (const hole of missing) {
      if (hole.because === 'NotAsked') continue;
      const key = `${hole.verb} ${hole.resource}.${hole.group} ${hole.namespace ?? ''}`;
      const known = holes.get(key);
      if (known === undefined) holes.set(key, { hole, codes: [code] });
      else known.codes.push(code);
    }
  }
  const { name, namespace } = object.metadata;
  const word = object.kind === 'VirtualMachine' ? `vm/${name}` : name;
  return [...holes.values()].map(({ hole, codes }) =>
    found('VMS910', 'warning', 'certain', object, sentence(hole), {
      evidence: [hole.message, `rules that were left out: ${codeRanges(codes)}`],
      fix:
        hole.because === 'Failed'
          ? [advice('mend what it says, or look again when the server is well')]
          : [
              ...(isInRole(hole)
                ? commandIn(namespace, ['kubectl', 'vmsvc', 'can-i', 'debug', '--as-role'], 'the Role to ask an administrator for')
                : [advice(`a role that may ${hole.verb} ${hole.resource}`)]),
              ...commandIn(namespace, ['kubectl', 'vmsvc', 'debug', word], 'or for whoever may look', [name]),
            ],
    }),
  );
}

/** Whether the Role that `can-i` prints for `debug` has the right. */
function isInRole({ verb, group, resource }: Unavailable): boolean {
  const options = { asController: false, skipStatus: false, serviceOnly: false, settingsDecide: false };
  return neededRights('debug', options).some((right) => right.verb === verb && right.group === group && right.resource === resource);
}

function sentence({ verb, resource, namespace, because }: Unavailable): string {
  const where = namespace === undefined ? 'in all namespaces' : `in ${namespace}`;
  return because === 'Forbidden' ? `Not permitted to ${verb} ${resource} ${where}` : `Could not ${verb} ${resource} ${where}`;
}

/** `201-212, 301-314`: codes that stand beside one another in the catalogue are joined. */
function codeRanges(codes: readonly FindingCode[]): string {
  const skipped = new Set<string>(codes);
  const ranges: string[][] = [];
  let open = false;
  for (const code of Object.keys(findingWords)) {
    const number = code.slice(3);
    if (!skipped.has(code)) open = false;
    else if (open && ranges.at(-1)?.[0]?.[0] === number[0]) ranges.at(-1)?.push(number);
    else {
      ranges.push([number]);
      open = true;
    }
  }
  return ranges.map((range) => (range.length === 1 ? range[0] : `${range[0]}-${range.at(-1)}`)).join(', ');
}
