import type { KubeObject } from '../../model/object.ts';
import type { Fix } from '../finding.ts';
import { isDnsName, isTypeable } from '../name-rules.ts';

/**
 * A command about one object, with `-n` behind its words. Nothing for an object whose name is none that Kubernetes would accept:
 * such a name comes from nobody who means well.
 */
export function commandOn({ metadata }: Pick<KubeObject, 'metadata'>, words: readonly string[], note?: string): readonly Fix[] {
  const { name, namespace } = metadata;
  return commandIn(namespace, words, note, [name]);
}

/** The same in a namespace; `names` are those of its words that name objects. */
export function commandIn(
  namespace: string | undefined,
  words: readonly string[],
  note?: string,
  names: readonly string[] = [],
): readonly Fix[] {
  if (![...names, ...(namespace === undefined ? [] : [namespace])].every(isDnsName) || !words.every(isTypeable)) return [];
  const place = namespace === undefined ? [] : ['-n', namespace];
  return [{ kind: 'command', words: [...words, ...place], ...(note !== undefined && { note }) }];
}

/** `kubectl label vm web-1 -n team-a tier=front --overwrite`. */
export function labelCommand(type: TypeWord, object: KubeObject, ...labels: readonly string[]): readonly Fix[] {
  return onObject('label', type, object, labels);
}

/** `kubectl annotate svc web -n team-a key-`. */
export function annotateCommand(type: TypeWord, object: KubeObject, ...annotations: readonly string[]): readonly Fix[] {
  return onObject('annotate', type, object, annotations);
}

type TypeWord = 'vm' | 'vmservice' | 'svc';

/** With the namespace right behind the name, and what is to be changed at the end. */
function onObject(verb: string, type: TypeWord, { metadata }: KubeObject, rest: readonly string[], note?: string): readonly Fix[] {
  const { name, namespace } = metadata;
  if (!isDnsName(name) || (namespace !== undefined && !isDnsName(namespace)) || !rest.every(isTypeable)) return [];
  const place = namespace === undefined ? [] : ['-n', namespace];
  return [{ kind: 'command', words: ['kubectl', verb, type, name, ...place, ...rest], ...(note !== undefined && { note }) }];
}

/** `kubectl patch vm web-1 -n team-a --type merge -p '{…}'`. */
export function patchCommand(type: TypeWord, object: KubeObject, patch: object, note?: string): readonly Fix[] {
  return onObject('patch', type, object, ['--type', 'merge', '-p', JSON.stringify(patch)], note);
}

/** `kubectl vmsvc nudge web -n team-a`. */
export function nudgeCommand(vmService: KubeObject): readonly Fix[] {
  return commandOn(vmService, ['kubectl', 'vmsvc', 'nudge', vmService.metadata.name], 'touches only an annotation of the Service');
}
