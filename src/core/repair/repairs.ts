import { type FieldPath, valueAt } from '../../model/field-path.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { conversionAnnotation } from '../../model/virtual-machine-service.ts';
import type { Finding } from '../finding.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import { jsonEqual } from '../patch.ts';
import { type Edit, edited } from './edit.ts';
import { fieldAt, removedEntry, textAt } from './manifest-fields.ts';
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
  if ((map !== 'labels' && map !== 'annotations') || typeof key !== 'string') return undefined;
  const { object } = manifest;
  const value = fieldAt(object, path);
  if (typeof value === 'number' || typeof value === 'boolean') return quoted(path, manifest);
  if (map === 'labels') return undefined;
  const type = textAt(object, ['spec', 'type']);
  switch (key) {
    case conversionAnnotation:
      return [removedEntry(object, path)];
    case healthCheckAnnotation:
      // It counts together with the policy Local; where the type is not known yet, neither is that.
      return type === undefined || type === '' ? undefined : [removedEntry(object, path)];
    case trafficPolicyAnnotation:
      return policyRepair(path, object, severity);
    default:
      return undefined;
  }
}

function policyRepair(path: FieldPath, object: JsonObject, severity: Finding['severity']): readonly Edit[] | undefined {
  const policy = textAt(object, path) ?? '';
  const near = ['Local', 'Cluster'].find((word) => word.toLowerCase() === policy.trim().toLowerCase());
  if (near !== undefined && near !== policy) return [{ kind: 'set', path, value: near }];
  // A Service of another type is refused because of it.
  return severity === 'error' && near !== undefined && textAt(object, ['spec', 'type']) !== 'LoadBalancer'
    ? [removedEntry(object, path)]
    : undefined;
}

/** What an edit did, in a few words. */
export function editText(edit: Edit, fieldText: (path: FieldPath) => string): string {
  const field = fieldText(edit.path);
  switch (edit.kind) {
    case 'set':
      return `${field}: ${
        isMap(edit.value)
          ? Object.entries(edit.value)
              .map(([key, value]) => `${key}: ${shown(value)}`)
              .join(', ')
          : shown(edit.value)
      }`;
    case 'rename':
      return `${field} is now ${edit.key}`;
    case 'remove':
      return `${field} removed`;
    case 'wrap':
      return `${field} is now a list`;
    case 'unwrap':
      return `what was in ${field} is now in ${fieldText(edit.path.slice(0, -1))}`;
  }
}

/** Text that could be taken for a number or for nothing stands in quotes, as it is written. */
function shown(value: Json | undefined): string {
  return typeof value === 'string' && /^[a-z][\w./:-]*$/i.test(value) && !isBooleanWord(value) ? value : JSON.stringify(value ?? null);
}

function isBooleanWord(text: string): boolean {
  return /^(?:y|yes|n|no|true|false|on|off|null)$/i.test(text);
}
