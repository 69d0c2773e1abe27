import type { VirtualMachine } from '../../model/virtual-machine.ts';

/**
 * A label that would tell some VMs from all others, as `vmsvc=web`: none of them has the key, which is not overwritten, and nobody else
 * has the pair.
 * @param keys the keys to try, the best first
 */
export function freshLabel(
  keys: readonly [string, ...string[]],
  value: string,
  chosen: readonly VirtualMachine[],
  all: readonly VirtualMachine[],
): string {
  const taken = new Set(chosen.flatMap(({ metadata }) => Object.keys(metadata.labels ?? {})));
  for (const { metadata } of all) for (const [key, worn] of Object.entries(metadata.labels ?? {})) if (worn === value) taken.add(key);
  const base = keys[keys.length - 1];
  let key = keys.find((one) => !taken.has(one));
  for (let number = 2; key === undefined; number++) if (!taken.has(`${base}-${number}`)) key = `${base}-${number}`;
  return `${key}=${value}`;
}
