import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CustomResourceDefinition, parseDefinitions } from '../../apiserver/schema/crds.ts';
import type { Profile } from '../../core/profile.ts';

/** The build tells the bundle where this is: beside it. */
const folder = join(import.meta.dirname, '../../apiserver/crds');

/** By file, each read when it is first asked for: the largest has more than half a megabyte, and nothing writes to them. */
const read = new Map<string, readonly CustomResourceDefinition[]>();

/**
 * The definitions that a release's API server has: VM Operator's own of that release, NetworkSettings and Capabilities.
 * @throws Error when a file is missing or is not a list of definitions.
 */
export function readCrdFiles(profile: Profile): readonly CustomResourceDefinition[] {
  return [profile, 'networksettings', 'capabilities'].flatMap((name) => {
    const file = `${name}.json`;
    const definitions = read.get(file) ?? parseDefinitions(readFileSync(join(folder, file), 'utf8'), file);
    read.set(file, definitions);
    return definitions;
  });
}
