import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CustomResourceDefinition, parseDefinitions } from '../../apiserver/schema/crds.ts';
import type { Profile } from '../../core/profile.ts';

/** The build tells the bundle where this is: beside it. */
const folder = join(import.meta.dirname, '../../apiserver/crds');

/**
 * The definitions that a release's API server has: VM Operator's own of that release, NetworkSettings and Capabilities.
 * @throws Error when a file is missing or is not a list of definitions.
 */
export function readCrdFiles(profile: Profile): readonly CustomResourceDefinition[] {
  return [profile, 'networksettings', 'capabilities'].flatMap((name) => {
    const file = `${name}.json`;
    return parseDefinitions(readFileSync(join(folder, file), 'utf8'), file);
  });
}
