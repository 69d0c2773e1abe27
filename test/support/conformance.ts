import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Profile } from '../../src/core/profile.ts';
import type { JsonObject, KubeObject } from '../../src/model/object.ts';
import type { StatusCause } from '../../src/model/status.ts';
import type { RecordedWorld } from './compare-worlds.ts';

/** A recorded world, with what the operator's environment said. */
export interface ConformanceWorld extends RecordedWorld {
  readonly profile: Profile;
  readonly networkProvider: 'named' | 'vds' | 'nsxt' | 'vpc' | 'per-ns';
  readonly perNamespaceProvider: boolean;
  readonly workloadIPv6: boolean;
}

export type RecordedVersion = 'v1alpha1' | 'v1alpha2' | 'v1alpha3' | 'v1alpha4' | 'v1alpha5' | 'v1alpha6';

/** One object in all versions of main's API. */
export interface RecordedConversion {
  readonly id: string;
  readonly object: KubeObject;
  /** `v1alpha6` is what would be stored. */
  readonly as: Readonly<Record<RecordedVersion, KubeObject>>;
  /** What is stored after a client read the object through that version and wrote it back; absent where nothing changes. */
  readonly backThrough?: Readonly<Partial<Record<RecordedVersion, KubeObject>>>;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly message?: string;
}

/** What the real API server and the real webhook said about one VirtualMachineService. */
export interface RecordedAdmission {
  readonly id: string;
  /** As it was sent, which need not be a valid object. */
  readonly object: JsonObject;
  readonly old?: JsonObject;
  readonly apiServer: Verdict & { readonly code?: number; readonly reason?: string; readonly causes?: readonly StatusCause[] };
  readonly webhookCreate: Verdict;
  readonly webhookUpdate?: Verdict;
  readonly child?: { readonly ok: boolean; readonly message?: string };
}

/** The worlds that the real controller of a release reconciled. */
export function readWorlds(profile: Profile): readonly ConformanceWorld[] {
  return read(`reconcile-${profile}`, isWorld);
}

export function readConversions(): readonly RecordedConversion[] {
  return read('conversion', isConversion);
}

export function readAdmissions(): readonly RecordedAdmission[] {
  return read('admission', isAdmission);
}

const folder = new URL('../conformance/', import.meta.url);

/** @throws Error naming the line that is not what the recording's README says. */
function read<Line>(name: string, isLine: (value: unknown) => value is Line): readonly Line[] {
  const file = `${name}.jsonl.gz`;
  const lines = gunzipSync(readFileSync(new URL(file, folder)))
    .toString('utf8')
    .split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line, index) => {
      const value: unknown = JSON.parse(line);
      if (!isLine(value)) throw new Error(`line ${index + 1} of ${file} is not what its README says`);
      return value;
    });
}

function isWorld(value: unknown): value is ConformanceWorld {
  return hasId(value) && 'profile' in value && 'before' in value && Array.isArray(value.before) && 'after' in value && 'results' in value;
}

function isConversion(value: unknown): value is RecordedConversion {
  return hasId(value) && 'object' in value && 'as' in value;
}

function isAdmission(value: unknown): value is RecordedAdmission {
  return hasId(value) && 'object' in value && 'apiServer' in value && 'webhookCreate' in value;
}

function hasId(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}
