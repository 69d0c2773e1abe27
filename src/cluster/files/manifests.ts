import type { KubeObject } from '../../model/object.ts';
import { limits } from '../limits.ts';
import {
  fileProblem,
  type ManifestProblem,
  type ManifestSource,
  type ManifestSurroundings,
  type ManifestValue,
  type ManifestValues,
  readManifestValues,
} from './manifest-values.ts';
import { objectProblem } from './object-problem.ts';

/** An object, and where it was written. */
export interface ManifestObject extends Omit<ManifestValue, 'value'> {
  readonly object: KubeObject;
}

export interface Manifests extends Omit<ManifestValues, 'values'> {
  readonly objects: readonly ManifestObject[];
}

/**
 * Reads all objects of files, folders and stdin. What is no object is an error among others; no object at all is an error, too.
 * Never throws for what a file holds.
 */
export async function readManifests(sources: readonly ManifestSource[], surroundings: ManifestSurroundings): Promise<Manifests> {
  const { values, files, errors, warnings } = await readManifestValues(sources, surroundings);
  const objects: ManifestObject[] = [];
  const problems: ManifestProblem[] = [...errors];
  for (const written of values) {
    const checked = objectProblem(written.value);
    if (checked.problem === undefined) {
      objects.push(placed(checked.object, written));
      continue;
    }
    const { path, message, hint } = checked.problem;
    problems.push({ code: 'NotAnObject', file: written.file, position: written.positionOf(path), message, hint, excerpt: undefined });
  }
  if (objects.length === 0 && problems.length === 0) problems.push(nothingRead(sources));
  return { objects, files, errors: problems.slice(0, limits.manifestErrors), warnings };
}

/** Its position is found when it is wanted. */
function placed(object: KubeObject, written: ManifestValue): ManifestObject {
  return {
    object,
    file: written.file,
    get position() {
      return written.position;
    },
    positionOf: written.positionOf,
    spanOf: written.spanOf,
  };
}

/** An empty input is an error, not success. */
export function nothingRead(sources: readonly ManifestSource[]): ManifestProblem {
  const names = sources.map((source) => (typeof source !== 'string' ? source.name : source === '-' ? 'stdin' : source)).join(', ');
  return fileProblem('Nothing', names, 'there is no object in it');
}
