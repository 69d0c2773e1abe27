import { type FieldPath, valueAt } from '../../model/field-path.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { conversionAnnotation } from '../../model/virtual-machine-service.ts';
import type { Finding } from '../finding.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import { jsonEqual } from '../patch.ts';
import { type Edit, edited } from './edit.ts';
import { fieldAt, isEmpty, mapAt, removedEntry, textAt, typeOf } from './manifest-fields.ts';
import { portRepair } from './port-repairs.ts';
import { specRepair } from './spec-repairs.ts';
import { unknownFieldRepair } from './unknown-field-repairs.ts';
import { quoted, type WrittenManifest } from './written-manifest.ts';

/** A finding with the edits that mend it. */
export interface FindingRepair {
  readonly finding: Finding;
  readonly edits: readonly Edit[];
}

/** The repairs of those findings that have one right answer, each edit once. */
export function repairsFor(findings: readonly Finding[], manifest: WrittenManifest): readonly FindingRepair[] {
  const known = new Set<string>();
  return findings.flatMap((finding) => {
    const edits = repairOf(finding, manifest);
    const key = JSON.stringify(edits);
    if (edits === undefined || known.has(key) || !changes(manifest.object, edits)) return [];
    known.add(key);
    return [{ finding, edits }];
  });
}

/** Whether a finding has one right answer. Which text a number stands for is found out when it is mended. */
export function isRepairable(finding: Finding, object: JsonObject, newestVersion: string): boolean {
  return repairsFor([finding], { object, newestVersion, writtenAt: (path) => JSON.stringify(valueAt(object, path)) }).length > 0;
}

function changes(object: JsonObject, edits: readonly Edit[]): boolean {
  const after = edits.reduce<Json | undefined>((before, edit) => (before === undefined ? undefined : edited(before, edit)), object);
  return after !== undefined && !jsonEqual(after, object);
}

/** The edits that mend a finding; undefined where there is no right answer, or more than one. */
function repairOf(finding: Finding, manifest: WrittenManifest): readonly Edit[] | undefined {
  const path = finding.at?.path ?? [];
  if (finding.code === 'VMS102') return unknownFieldRepair(path, manifest.object);
  const [root] = path;
  if (root === 'apiVersion' && finding.code === 'VMS913') return versionRepair(manifest);
  if (root === 'metadata') return metadataRepair(path, finding, manifest);
  if (root !== 'spec') return undefined;
  return path[1] === 'ports' ? portRepair(path, manifest) : specRepair(path, finding, manifest);
}

/**
 * Fields are the same in every version, but for IP families, which the newest one has. A version that is none is replaced the next time.
 */
function versionRepair({ object, newestVersion }: WrittenManifest): readonly Edit[] | undefined {
  const [group, version, ...more] = (typeof object['apiVersion'] === 'string' ? object['apiVersion'] : '').split('/');
  // Behind a slash too many stands nothing: what is before it was meant.
  const value = `${group}/${more.length > 0 && version !== '' ? version : newestVersion}`;
  return object['apiVersion'] === value ? undefined : [{ kind: 'set', path: ['apiVersion'], value }];
}

function metadataRepair(path: FieldPath, { severity }: Finding, manifest: WrittenManifest): readonly Edit[] | undefined {
  const [, map, key] = path;
  if (map === 'finalizers' || map === 'ownerReferences') return listRepair(path, manifest);
  if ((map !== 'labels' && map !== 'annotations') || typeof key !== 'string') return undefined;
  const { object } = manifest;
  const value = fieldAt(object, path);
  if (typeof value === 'number' || typeof value === 'boolean') return quoted(path, manifest);
  if (map === 'labels') return undefined;
  switch (key) {
    case conversionAnnotation:
      return [removedEntry(object, path)];
    case healthCheckAnnotation:
      // It counts together with the policy Local; where the type is not known yet, neither is that.
      return typeOf(object) === undefined ? undefined : [removedEntry(object, path)];
    case trafficPolicyAnnotation:
      return policyRepair(path, object, severity);
    default:
      return undefined;
  }
}

/** One entry of a list of metadata, which stands where the list should; and a number that was meant as text. */
function listRepair(path: FieldPath, manifest: WrittenManifest): readonly Edit[] | undefined {
  const { object } = manifest;
  const [, field] = path;
  if (path.length > 2) return typeof fieldAt(object, path) === 'number' ? quoted(path, manifest) : undefined;
  const text = textAt(object, path);
  if (field === 'finalizers' && !isEmpty(text)) return [{ kind: 'set', path, value: [text ?? ''] }];
  return field === 'ownerReferences' && 'uid' in (mapAt(object, path) ?? {}) ? [{ kind: 'wrap', path }] : undefined;
}

function policyRepair(path: FieldPath, object: JsonObject, severity: Finding['severity']): readonly Edit[] | undefined {
  const policy = textAt(object, path) ?? '';
  const near = ['Local', 'Cluster'].find((word) => word.toLowerCase() === policy.trim().toLowerCase());
  if (near !== undefined && near !== policy) return [{ kind: 'set', path, value: near }];
  // A Service of another type is refused because of it.
  const type = typeOf(object);
  return severity === 'error' && near !== undefined && type !== undefined && type !== 'LoadBalancer'
    ? [removedEntry(object, path)]
    : undefined;
}
