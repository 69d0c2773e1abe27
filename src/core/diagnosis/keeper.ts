import type { KubeObject } from '../../model/object.ts';
import type { Finding, Fix } from '../finding.ts';
import { itemsOf } from '../snapshot.ts';
import type { World } from '../world.ts';
import type { Around } from './subject.ts';

/** Marks that tools leave on what they keep: key, value where it matters, and who it is. */
const keepers = [
  ['app.kubernetes.io/managed-by', 'Helm', 'Helm'],
  ['meta.helm.sh/release-name', undefined, 'Helm'],
  ['argocd.argoproj.io/tracking-id', undefined, 'Argo CD'],
  ['argocd.argoproj.io/instance', undefined, 'Argo CD'],
  ['kustomize.toolkit.fluxcd.io/name', undefined, 'Flux'],
  ['helm.toolkit.fluxcd.io/name', undefined, 'Flux'],
  ['kapp.k14s.io/app', undefined, 'Carvel'],
] as const;

/** The tool that keeps an object and takes edits of it back, and the mark that says so; undefined where nothing does. */
export function keeperOf({ metadata }: KubeObject): { readonly keeper: string; readonly mark: string } | undefined {
  const marks = { ...metadata.annotations, ...metadata.labels };
  const found = keepers.find(([key, value]) => Object.hasOwn(marks, key) && (value === undefined || marks[key] === value));
  if (found === undefined) return undefined;
  const [key, , keeper] = found;
  return { keeper, mark: `${key}: ${marks[key] ?? ''}` };
}

/** Findings whose commands say where a tool would take back what they do. */
export function withKeepersNamed(findings: readonly Finding[], around: Around): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, fix: finding.fix.map((fix) => withKeeperNamed(fix, finding.object.namespace, around)) }));
}

function withKeeperNamed(fix: Fix, namespace: string | undefined, { keeperAt }: Around): Fix {
  if (fix.kind !== 'command') return fix;
  const [program, verb = '', type = '', name = ''] = fix.words;
  if (program !== 'kubectl' || !['label', 'annotate', 'patch'].includes(verb)) return fix;
  const keeper = keeperAt(type, namespace, name);
  if (keeper === undefined) return fix;
  const warning = `${keeper} takes this back: change it where ${keeper} has it from`;
  return { ...fix, note: fix.note === undefined ? warning : `${fix.note}; ${warning}` };
}

/** Who keeps what, of the kinds that commands name as `vmservice` and `vm`: found out once, when the first command asks. */
export function keeperIndex({ snapshot }: World): Around['keeperAt'] {
  let index: Map<string, string> | undefined;
  const keyOf = (type: string, namespace: string | undefined, name: string) => `${type}\0${namespace ?? ''}\0${name}`;
  const build = () => {
    const kept = new Map<string, string>();
    const kinds: readonly (readonly [type: string, objects: readonly KubeObject[]])[] = [
      ['vmservice', itemsOf(snapshot.vmServices)],
      ['vm', itemsOf(snapshot.vms)],
    ];
    for (const [type, objects] of kinds) {
      for (const object of objects) {
        const found = keeperOf(object);
        if (found !== undefined) kept.set(keyOf(type, object.metadata.namespace, object.metadata.name), found.keeper);
      }
    }
    return kept;
  };
  return (type, namespace, name) => {
    index ??= build();
    return index.get(keyOf(type, namespace, name));
  };
}
