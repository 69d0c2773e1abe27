import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CustomResourceDefinition, parseDefinitions } from '../apiserver/crds.ts';
import type { Profile } from '../core/profile.ts';

/**
 * The definitions that a release's API server has: VM Operator's own of that release, NetworkSettings and Capabilities.
 * `folder` is where the `*.json` files are: `src/apiserver/crds`, or the `crds` folder beside the bundle.
 * @throws Error when a file is missing or is not a list of definitions.
 */
export function readCrdFiles(profile: Profile, folder: string): readonly CustomResourceDefinition[] {
  return [profile, 'networksettings', 'capabilities'].flatMap((name) => {
    const file = `${name}.json`;
    return parseDefinitions(readFileSync(join(folder, file), 'utf8'), file);
  });
}
