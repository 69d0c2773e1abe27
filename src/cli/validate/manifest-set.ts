import {
  type ManifestProblem,
  type ManifestSource,
  type ManifestSurroundings,
  type ManifestValue,
  type ManifestWarning,
  readManifestValues,
} from '../../cluster/files/manifest-values.ts';
import { nothingRead } from '../../cluster/files/manifests.ts';
import { isListOfObjects, objectProblem } from '../../cluster/files/object-problem.ts';
import type { Position, Span } from '../../cluster/files/text-document.ts';
import type { Finding } from '../../core/finding.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import { at, findingOf } from '../../core/validation/refusal.ts';
import { nearestField } from '../../core/validation/unknown-field.ts';
import type { CheckedService, ReportedFinding } from '../../core/validation/validation-report.ts';
import { type FieldPath, fieldText } from '../../model/field-path.ts';
import { groupOf, type JsonObject, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { virtualMachineServices } from '../../model/resources.ts';
import { CliError, usageError } from '../errors.ts';
import { manifestErrors } from '../manifest-errors.ts';
import type { Flags } from '../spec.ts';
import { metadataText } from './metadata-text.ts';
import { soundContext } from './sound-context.ts';

/** A VirtualMachineService as somebody wrote it, which need not be a valid object. */
export interface WrittenService {
  readonly object: JsonObject;
  readonly written: ManifestValue;
}

/** Everything that files hold, sorted by what it is to us. */
export interface ManifestSet {
  /** As they were named. */
  readonly sources: readonly string[];
  readonly files: number;
  /** How many objects of any kind. */
  readonly objects: number;
  readonly services: readonly WrittenService[];
  /** Objects of other kinds, and where they stand; what is wrong with them is not our business. */
  readonly context: readonly { readonly object: KubeObject; readonly written: ManifestValue }[];
  /** What is wrong with the texts themselves. */
  readonly findings: readonly ReportedFinding[];
  /** Those of them about a key that is there twice and says the same both times. */
  readonly repeats: ReadonlySet<Finding>;
  /** Files that could not be read at all. */
  readonly unreadable: readonly ManifestProblem[];
}

/** Where manifests are read from. */
export interface ManifestInput {
  readonly sources: readonly ManifestSource[];
  readonly surroundings: ManifestSurroundings;
  /** As they were typed: a folder stands for its files. */
  readonly names: readonly string[];
}

/**
 * Reads what could be objects, and sorts it.
 * @throws CliError when there is no object in them, unless that is allowed
 */
export async function readManifestSet(input: ManifestInput, flags: Flags): Promise<ManifestSet> {
  const { sources, surroundings, names } = input;
  const { values, files, errors, warnings } = await readManifestValues(sources, surroundings);
  const unreadable = errors.filter(({ position }) => position === undefined);
  // Objects of other kinds are what a service would meet: how they are written is nobody's business here.
  const own = warnings.filter(({ within }) => within === undefined || isVmService(within.value) || !isTyped(within.value));
  const fieldAt = fieldFinder();
  const repeats = new Set<Finding>();
  const findings = [...errors, ...own].flatMap((problem) => {
    const found = textFinding(problem, fieldAt);
    if ('repeats' in problem && problem.repeats) for (const { finding } of found) repeats.add(finding);
    return found;
  });
  const services: WrittenService[] = [];
  const context: { object: KubeObject; written: ManifestValue }[] = [];
  for (const written of values) {
    const { value } = written;
    if (isVmService(value)) {
      refuseOtherNamespace(value, written, flags);
      services.push({ object: value, written });
    } else if (isTyped(value) && !isListOfObjects(value)) {
      const meant = misspelt(value);
      if (meant !== undefined) findings.push(locatedIn(meant, written));
      const { object } = objectProblem(value);
      const sound = object === undefined ? undefined : soundContext(object);
      if (sound !== undefined) context.push({ object: sound, written });
    } else findings.push(notAnObject(written));
  }
  if (values.length === 0 && findings.length === 0 && unreadable.length === 0 && !flags.on('allow-empty')) {
    throw emptyInput(names);
  }
  return { sources: names, files, objects: values.length, services, context, findings, repeats, unreadable };
}

/** As kubectl: a manifest goes where it says, and nowhere else. @throws CliError */
function refuseOtherNamespace(object: JsonObject, written: ManifestValue, flags: Flags): void {
  const wanted = flags.text('namespace');
  const own = metadataText(object, 'namespace');
  if (wanted === undefined || own === undefined || own === wanted) return;
  const name = JSON.stringify(metadataText(object, 'name') ?? '');
  throw usageError(
    `${written.file}:${written.position.line}: the namespace of VirtualMachineService ${name} is ${JSON.stringify(own)}, and -n says ${JSON.stringify(wanted)}`,
    'validate',
  );
}

function emptyInput(sources: readonly string[]): CliError {
  const { message } = manifestErrors([nothingRead(sources)]);
  return new CliError(message, { exitCode: 3, hint: ['  --allow-empty makes that no error'] });
}

export function isVmService(value: ManifestValue['value']): value is JsonObject {
  if (!isMap(value)) return false;
  const { apiVersion, kind } = value;
  return kind === virtualMachineServices.kind && typeof apiVersion === 'string' && groupOf(apiVersion) === virtualMachineServices.group;
}

/** Of our group, and nearly our kind: an object that no server knows, and that nobody would miss among those of other kinds. */
function misspelt(value: ManifestValue['value']): Finding | undefined {
  if (!isMap(value)) return undefined;
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || groupOf(apiVersion) !== virtualMachineServices.group) return undefined;
  if (nearestField(kind, [virtualMachineServices.kind]) === undefined) return undefined;
  const message = `kind: Invalid value: ${JSON.stringify(kind)}: must be ${virtualMachineServices.kind}`;
  const fix = `write ${virtualMachineServices.kind}`;
  return findingOf({ object: value, namespace: undefined }, { code: 'VMS115', field: 'kind', at: at(['kind']), message, fix });
}

function isTyped(value: ManifestValue['value']): boolean {
  return isMap(value) && [value['apiVersion'], value['kind']].every((text) => typeof text === 'string' && text !== '');
}

const textCodes: Readonly<
  Partial<Record<ManifestProblem['code'], { readonly code: FindingCode; readonly severity: Finding['severity'] }>>
> = {
  Syntax: { code: 'VMS116', severity: 'error' },
  Limit: { code: 'VMS116', severity: 'error' },
  DuplicateKey: { code: 'VMS117', severity: 'error' },
  BooleanWord: { code: 'VMS118', severity: 'warning' },
};

function textFinding(problem: ManifestProblem | ManifestWarning, fieldAt: FieldAt): ReportedFinding[] {
  const { code, file, position, message, hint, excerpt } = problem;
  const kind = textCodes[code];
  if (kind === undefined || position === undefined) return [];
  const [text = '', caret = ''] = excerpt?.split('\n') ?? [];
  const repeats = 'repeats' in problem && problem.repeats;
  const field = 'within' in problem ? fieldAt(problem.within, position) : undefined;
  return [
    {
      finding: {
        ...kind,
        confidence: kind.severity === 'error' ? 'certain' : 'likely',
        object: { kind: 'File', name: file, namespace: undefined },
        location: { file, ...position },
        ...(field !== undefined && { field: fieldText(field) }),
        message,
        evidence: [],
        fix:
          hint === undefined
            ? []
            : [{ kind: 'advice', text: code === 'DuplicateKey' ? `remove one of the two: ${repeats ? 'both say the same' : hint}` : hint }],
        follows: [],
      },
      source: excerpt === undefined ? undefined : { text, column: caret.indexOf('^') + 1, length: 1 },
    },
  ];
}

/** The field whose key, or value, stands at a place. */
type FieldAt = (written: ManifestValue | undefined, position: Position) => FieldPath | undefined;

/** The places of a value are gone through once, when the first oddity in it asks: there may be as many of these as fields. */
function fieldFinder(): FieldAt {
  const known = new Map<ManifestValue, ReadonlyMap<string, FieldPath>>();
  return (written, position) => {
    if (written === undefined) return undefined;
    const fields = known.get(written) ?? fieldsByPlace(written);
    known.set(written, fields);
    return fields.get(placeKey(position));
  };
}

/** Of several fields at one place the outermost. */
function fieldsByPlace(written: ManifestValue): ReadonlyMap<string, FieldPath> {
  const fields = new Map<string, FieldPath>();
  const visit = (value: unknown, path: FieldPath): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Array.isArray(value) ? value.keys() : Object.keys(value)) {
      const inner = [...path, name];
      for (const part of ['key', 'value'] as const) {
        const key = placeKey(written.spanOf(inner, part));
        if (!fields.has(key)) fields.set(key, inner);
      }
      visit(Reflect.get(value, name), inner);
    }
  };
  visit(written.value, []);
  return fields;
}

function placeKey({ line, column }: Position): string {
  return `${line}:${column}`;
}

function notAnObject(written: ManifestValue): ReportedFinding {
  const { problem } = objectProblem(written.value);
  const message = problem?.message ?? 'this is not a Kubernetes object';
  const finding: Finding = {
    code: 'VMS116',
    severity: 'error',
    confidence: 'certain',
    object: { kind: 'File', name: written.file, namespace: undefined },
    message,
    evidence: [],
    fix: [{ kind: 'advice', text: problem?.hint ?? 'every object needs apiVersion, kind and metadata with a name' }],
    follows: [],
  };
  return located(finding, written, written.spanOf(problem?.path ?? [], 'key'));
}

/** A finding with the place in its file that it points at. */
export function locatedIn(finding: Finding, written: ManifestValue): ReportedFinding {
  const { path, part } = finding.at ?? { path: [], part: 'key' };
  return located(finding, written, written.spanOf(path, part));
}

function located(finding: Finding, { file }: ManifestValue, { line, column, text, textColumn, length }: Span): ReportedFinding {
  const location = { file, line, column, ...(length > 0 && { endColumn: column + length }) };
  return { finding: { ...finding, location }, source: { text, column: textColumn, length } };
}

/** A service as reports count it. */
export function checkedService({ object, written }: WrittenService, namespace: string | undefined): CheckedService {
  return {
    name: metadataText(object, 'name') ?? metadataText(object, 'generateName') ?? '',
    namespace: metadataText(object, 'namespace') ?? namespace,
    // Asked for by few, and not free in a long list.
    get location() {
      return { file: written.file, ...written.position };
    },
  };
}
