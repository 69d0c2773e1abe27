import type { FieldError } from '../../core/field-errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import { pathSegment } from '../../core/name-rules.ts';
import { at, errorText, findingOf, pointerOf, type Subject } from '../../core/validation/refusal.ts';
import { fieldNear, type UnknownField } from '../../core/validation/unknown-field.ts';
import { generatedName } from '../../core/webhook/names.ts';
import { type FieldPath, fieldText, pathIn, valueAt } from '../../model/field-path.ts';
import { groupOf, type JsonObject, jsonOf, type ObjectMeta, versionOf } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { virtualMachineServices } from '../../model/resources.ts';
import type { ServerConfig } from '../config.ts';
import { storedObject } from '../json.ts';
import { nameRuleOf } from '../kind-rules.ts';
import { type NameRule, validateObjectMeta, validateObjectMetaUpdate } from '../metadata/object-meta-validation.ts';
import { findKind, type ResourceEntry, servedResources } from '../resources.ts';
import type { SchemaLookup } from '../schema/schema.ts';
import { rulesNotChecked } from '../schema/schema-errors.ts';
import { validateRules } from '../schema/schema-rules.ts';
import { fieldSchema, type StructuralSchema } from '../schema/schema-structure.ts';
import type { StoredObject } from '../store.ts';
import { metadataFix, requiredFix, ruleFix, typeFix, valueFix } from './refusal-fixes.ts';
import { undecodableWords } from './undecodable-words.ts';

export interface SchemaContext {
  readonly config: ServerConfig;
  readonly lookup: SchemaLookup;
  readonly namespace: string | undefined;
  readonly old: JsonObject | undefined;
}

export interface SchemaVerdict {
  readonly findings: readonly Finding[];
  /** As the API server would take it in; undefined where the schema does not let it pass, or only because it was broken before. */
  readonly object: StoredObject | undefined;
  /** The stored object of an update, in the same version; undefined where that is broken itself. */
  readonly old: StoredObject | undefined;
}

/**
 * What kube-apiserver refuses of a VirtualMachineService before any webhook sees it, with strict field validation as kubectl asks for
 * it. The server answers unknown fields first and alone; here everything is said at once.
 */
export function schemaRefusals(object: JsonObject, context: SchemaContext): SchemaVerdict {
  const subject: Subject = { object, namespace: context.namespace };
  const entry = entryOf(object, context.config);
  if (entry === undefined) return { findings: [notServed(subject, context.config)], object: undefined, old: undefined };
  const metadata = object['metadata'];
  if (metadata !== undefined && metadata !== null && !isMap(metadata)) {
    const message = 'metadata must be a mapping';
    const fix = 'write {name: web}, for example';
    return {
      findings: [findingOf(subject, { code: 'VMS115', field: 'metadata', at: at(['metadata']), message, fix })],
      object: undefined,
      old: undefined,
    };
  }
  const written = storedObject({ ...object, metadata: metadata ?? {} });
  const pruned = context.config.schemas.prune(written, entry);
  if (pruned.undecodable !== undefined) return undecodable(subject, pruned.undecodable, context);
  const schema = context.lookup(entry);
  const unknown = pruned.unknownFields.map((field) => unknownField(subject, field, schema, entry));
  const old = context.old === undefined ? undefined : stored(context.old, entry, context.config);
  const decoded = takenIn(storedObject(context.config.schemas.default(pruned.object, entry)), old);
  const meta = metadataErrors(decoded, old, entry, context.namespace);
  const errors = schemaErrors(decoded, old, entry, context.config, meta);
  const isSound = (candidate: StoredObject): boolean => context.config.schemas.validate(candidate, undefined, entry).length === 0;
  // The server leaves the rules out where the object is broken; whoever mends it wants to hear of both.
  const rules = schema === undefined || (errors.length === 0 && meta.length === 0) ? [] : validateRules(decoded, schema, old);
  const broken = rules.filter((rule) => !errors.some((error) => error.field === rule.field && error.message === rule.message));
  return {
    findings: [
      ...unknown,
      ...meta.map((error) => metadataFinding(subject, error)),
      ...errors.map((error) => (isRule(error, rules) ? ruleFinding(subject, error) : schemaFinding(subject, error, schema))),
      ...broken.map((error) => ruleFinding(subject, error)),
    ],
    object: (old === undefined ? errors.length === 0 : isSound(decoded)) ? decoded : undefined,
    old: old !== undefined && isSound(old) ? old : undefined,
  };
}

/**
 * What the schema says. Of an update it tolerates what was there before, but the webhook cannot decode a value of a wrong type.
 */
function schemaErrors(
  object: StoredObject,
  old: StoredObject | undefined,
  entry: ResourceEntry,
  { schemas }: ServerConfig,
  meta: readonly FieldError[],
): readonly FieldError[] {
  const errors = schemas.validate(object, old, entry, meta).filter((error) => error !== rulesNotChecked);
  if (old === undefined) return errors;
  const undecodable = schemas.validate(object, undefined, entry).filter(({ reason }) => reason === 'FieldValueTypeInvalid');
  return [...errors, ...undecodable.filter(({ field }) => !errors.some((error) => error.field === field))];
}

/** Status and generation are the server's own to set, before it looks at the object: whatever a manifest has there is dropped. */
function takenIn(written: StoredObject, old: StoredObject | undefined): StoredObject {
  const sent = named(written);
  const { status = null, ...rest }: JsonObject = jsonOf(sent);
  const kept = old === undefined ? undefined : jsonOf(old)['status'];
  if (status === null && kept === undefined && sent.metadata.generation === undefined) return sent;
  const { generation: _, ...metadata } = mapAt(sent, 'metadata');
  return storedObject({ ...rest, metadata, ...(kept !== undefined && { status: kept }) });
}

/** With the name that the server makes of a prefix. */
function named(object: StoredObject): StoredObject {
  const { name, generateName } = object.metadata;
  if (name || !generateName) return object;
  return storedObject({ ...object, metadata: { ...mapAt(object, 'metadata'), name: generatedName(generateName) } });
}

function entryOf(object: JsonObject, config: ServerConfig): ResourceEntry | undefined {
  const { apiVersion, kind } = object;
  return typeof apiVersion === 'string' && typeof kind === 'string' ? findKind(config.profile, apiVersion, kind) : undefined;
}

function notServed(subject: Subject, config: ServerConfig): Finding {
  const { apiVersion } = subject.object;
  if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2) {
    return findingOf(subject, {
      code: 'VMS913',
      field: 'apiVersion',
      at: at(['apiVersion']),
      message: `apiVersion: Invalid value: ${JSON.stringify(apiVersion)}: must be GROUP/VERSION, with one slash`,
      fix: `write ${apiVersion.split('/', 2).join('/')}`,
    });
  }
  const served = servedResources(config.profile)
    .filter(({ group, kind }) => group === virtualMachineServices.group && kind === virtualMachineServices.kind)
    .map(({ version }) => version);
  const version =
    typeof apiVersion === 'string' && groupOf(apiVersion) === virtualMachineServices.group
      ? versionOf(apiVersion)
      : JSON.stringify(apiVersion);
  return findingOf(subject, {
    code: 'VMS913',
    field: 'apiVersion',
    at: at(['apiVersion']),
    message: `apiVersion: this release has no VirtualMachineService in ${version}`,
    fix: `use ${served.join(', ')}; or say which release it is for with --release`,
  });
}

/** A stored object is what the server took in once: what is not in its schema is not in it. */
function stored(old: JsonObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  const written = storedObject({
    ...old,
    apiVersion: `${entry.group}/${entry.version}`,
    kind: entry.kind,
    metadata: isMap(old['metadata']) ? old['metadata'] : {},
  });
  return storedObject(config.schemas.prune(written, entry).object);
}

/**
 * The decoder stops at the first value of a wrong type, and does not say where: it is looked for. Whoever mends it wants to hear of what
 * else there is, which is judged without the field.
 */
function undecodable(subject: Subject, text: string, context: SchemaContext): SchemaVerdict {
  const { path, message, fix } = undecodableWords(subject.object, text);
  const [, name] = path;
  const field = fieldText(path.slice(0, 2));
  const own = findingOf(subject, { code: 'VMS115', field, at: at(path), message, fix });
  if (typeof name !== 'string') return { findings: [own], object: undefined, old: undefined };
  const { [name]: _, ...metadata } = mapAt(subject.object, 'metadata');
  const others = schemaRefusals({ ...subject.object, metadata }, context).findings.filter((finding) => finding.field !== field);
  return { findings: [own, ...others], object: undefined, old: undefined };
}

const headless = 'None asks for a headless service, and those are not really supported (VMS106)';

function unknownField(subject: Subject, field: string, schema: StructuralSchema | undefined, { version }: ResourceEntry): Finding {
  const path = pathIn(subject.object, field);
  const type = valueAt(subject.object, ['spec', 'type']);
  const near: UnknownField = {
    ...(field === 'spec.clusterIP' && valueAt(subject.object, path) === 'None' && { why: headless }),
    ...fieldNear(path, knownFields(schema, path), { version, type: typeof type === 'string' ? type : undefined }),
  };
  return findingOf(subject, {
    code: 'VMS102',
    field,
    at: at(path, 'key'),
    message: `${field} is not a field here: kubectl refuses it, other clients drop it silently`,
    ...(near.fix !== undefined && { fix: near.fix }),
    ...(near.why !== undefined && { why: near.why }),
  });
}

/** The fields that stand where the unknown one does. */
function knownFields(schema: StructuralSchema | undefined, path: FieldPath): readonly string[] {
  let found = schema;
  for (const part of path.slice(0, -1)) {
    if (found === undefined) return [];
    found = typeof part === 'number' ? found.items : fieldSchema(found, part);
  }
  return found === undefined ? [] : [...found.properties.keys()];
}

function metadataErrors(
  object: StoredObject,
  old: StoredObject | undefined,
  entry: ResourceEntry,
  namespace: string | undefined,
): readonly FieldError[] {
  const { metadata } = object;
  const placed = { ...metadata, namespace: metadata.namespace ?? namespace ?? 'default' };
  const nameRule = nameRuleOf(entry);
  // An update makes no name of the prefix: it only has to be one that a path could hold.
  const rule: NameRule = (name, isPrefix) => (isPrefix === true && old !== undefined ? pathSegment(name, true) : nameRule(name, isPrefix));
  const errors = validateObjectMeta(placed, entry.namespaced, rule);
  if (old === undefined) return errors;
  // What a manifest leaves out stays as it is, and so does the time of a deletion.
  const { deletionTimestamp = metadata.deletionTimestamp } = old.metadata;
  const whole = { ...keptByUpdate(old.metadata), ...metadata, ...(deletionTimestamp !== undefined && { deletionTimestamp }) };
  return [
    ...errors,
    ...validateObjectMetaUpdate(whole, old.metadata).filter(({ field }) => !errors.some((error) => error.field === field)),
  ];
}

function keptByUpdate({ uid, deletionGracePeriodSeconds }: ObjectMeta): Pick<ObjectMeta, 'uid' | 'deletionGracePeriodSeconds'> {
  return { ...(uid !== undefined && { uid }), ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }) };
}

function metadataFinding(subject: Subject, error: FieldError): Finding {
  const { field } = error;
  const isName = field === 'metadata.name' || field === 'metadata.generateName';
  const code: FindingCode = error.reason === 'FieldValueRequired' ? 'VMS101' : isName ? 'VMS108' : 'VMS124';
  const { name, generateName } = mapAt(subject.object, 'metadata');
  const place = field === 'metadata.name' && !name && generateName ? 'metadata.generateName' : field;
  const quoted = /^Invalid value: ("(?:[^"\\]|\\.)*")/.exec(error.message)?.[1];
  const pointer = quoted === undefined ? pointerOf(subject.object, place) : entryPointer(subject.object, place, quoted);
  const fix = metadataFix(error, subject.object, pointer);
  return findingOf(subject, { code, field, at: pointer, message: errorText(error), fix });
}

/** Of labels and annotations Kubernetes names the map and prints the key or value: the entry is looked for. */
function entryPointer(object: JsonObject, field: string, quoted: string): ReturnType<typeof at> {
  const path = pathIn(object, field);
  const map = valueAt(object, path);
  if (!isMap(map)) return at(path);
  let text: string;
  try {
    text = JSON.parse(quoted);
  } catch {
    return at(path);
  }
  if (Object.hasOwn(map, text)) return at([...path, text], 'key');
  const key = Object.keys(map).find((candidate) => map[candidate] === text);
  return key === undefined ? at(path) : at([...path, key]);
}

function isRule(error: FieldError, rules: readonly FieldError[]): boolean {
  return rules.some((rule) => rule.field === error.field && rule.message === error.message);
}

function ruleFinding(subject: Subject, error: FieldError): Finding {
  const text = error.message.replace(/^Invalid value: "object": /, '');
  const key = ['ipFamilies', 'ipFamilyPolicy'].find(
    (name) => ownField(isMap(subject.object['spec']) ? subject.object['spec'] : {}, name) !== undefined,
  );
  const place = key === undefined ? pointerOf(subject.object, error.field, 'key') : at(['spec', key], 'key');
  return findingOf(subject, { code: 'VMS122', field: error.field, at: place, message: `${error.field}: ${text}`, fix: ruleFix(error) });
}

function schemaFinding(subject: Subject, error: FieldError, schema: StructuralSchema | undefined): Finding {
  const { field, reason } = error;
  const path = pathIn(subject.object, field);
  const isPort = path[1] === 'ports';
  if (reason === 'FieldValueRequired') {
    const fix = requiredFix(subject.object, path);
    return findingOf(subject, { code: 'VMS101', field, at: at(path), message: errorText(error), ...(fix !== undefined && { fix }) });
  }
  const value = valueAt(subject.object, path);
  if (reason === 'FieldValueTypeInvalid') {
    const types = schemaAt(schema, path)?.types ?? [];
    const fix = typeFix(path, value, types);
    return findingOf(subject, {
      code: isPort && path.length === 4 ? 'VMS103' : 'VMS115',
      field,
      at: at(path),
      message: typeWords(field, path, types),
      ...(fix !== undefined && { fix }),
    });
  }
  const code: FindingCode = reason === 'FieldValueTooMany' && path[1] === 'ipFamilies' ? 'VMS111' : 'VMS115';
  const fix = valueFix(path);
  return findingOf(subject, { code, field, at: at(path), message: errorText(error), ...(fix !== undefined && { fix }) });
}

function typeWords(field: string, path: FieldPath, types: readonly string[]): string {
  const last = path.at(-1);
  if (path[1] === 'selector' && (last === 'matchLabels' || last === 'matchExpressions')) return `${field}: selector is a plain map here`;
  const wanted = types.map((type) => typeNames.get(type) ?? type).join(' or ');
  return `${field} must be ${wanted === '' ? 'of another type' : wanted}`;
}

const typeNames = new Map([
  ['integer', 'a whole number'],
  ['string', 'text'],
  ['boolean', 'true or false'],
  ['object', 'a mapping'],
  ['array', 'a list'],
]);

function schemaAt(schema: StructuralSchema | undefined, path: FieldPath): StructuralSchema | undefined {
  let found = schema;
  for (const part of path) {
    if (found === undefined) return undefined;
    found = typeof part === 'number' ? found.items : fieldSchema(found, part);
  }
  return found;
}
