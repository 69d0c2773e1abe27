import { isList, type Json, type JsonObject, jsonOf, type KubeObject, lastAppliedAnnotation } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { conversionAnnotation } from '../../model/virtual-machine-service.ts';
import { type Omission, objectLabel } from './bundle-index.ts';
import { withoutCredentials } from './credentials.ts';

/** Fields that may hold secrets, wherever they stand: what guests are told when they start, environments, data of configurations. */
const secretFields: ReadonlySet<string> = new Set([
  'bootstrap',
  'cloudInit',
  'sysprep',
  'linuxPrep',
  'vAppConfig',
  'vmMetadata',
  'userdata',
  'userData',
  'user-data',
  'extraConfig',
  'env',
  'envFrom',
  'args',
  'command',
  'httpHeaders',
]);

/** Of texts alone: what is called so and holds fields is looked at field by field, and what ends with `Name` or `Ref` only names one. */
const secretTexts = /passw(or)?d$|passphrase$|token$|(secret|private|access|api|ssh)_?keys?$|client_?secret$|credentials?$|kube_?config$/i;

function isSecret(field: string, value: Json | undefined): boolean {
  // In managedFields a field is called `f:bootstrap`, and its set may hold values.
  if (secretFields.has(field.replace(/^f:/, ''))) return true;
  const isText = typeof value === 'string' || (isList(value) && value.some((item) => typeof item === 'string'));
  return isText && secretTexts.test(field);
}

/** What they hold is called as somebody liked: `env` is a label of many, and decides what is selected. */
const labelMaps = /^(f:)?(labels?|selector|matchLabels|nodeSelector)$/;

function isLabel(map: string, value: Json | undefined): boolean {
  // In managedFields nothing stands behind it.
  return labelMaps.test(map) && (typeof value === 'string' || (isMap(value) && Object.keys(value).length === 0));
}

const secretData: readonly string[] = ['data', 'stringData', 'binaryData'];
const secretKinds: readonly string[] = ['Secret', 'ConfigMap'];

export interface CleanObject {
  readonly object: KubeObject;
  readonly omitted: readonly Omission[];
  /** What is left of the annotation of `kubectl apply`; undefined where there is none. */
  readonly lastApplied: JsonObject | undefined;
}

/** An object without anything that may be a secret, and a list of what was taken out. */
export function withoutSecrets(object: KubeObject): CleanObject {
  const omitted: Omission[] = [];
  const label = objectLabel(object);
  const drop = (field: string): void => void omitted.push({ object: label, field });
  const ownData = secretKinds.includes(object.kind) ? secretData : [];
  const fields = Object.entries(jsonOf(object)).flatMap(([field, value]): readonly [string, Json | undefined][] => {
    if (field === 'metadata') return [[field, value]];
    if (ownData.includes(field) || isSecret(field, value)) {
      drop(field);
      return [];
    }
    return [[field, cleaned(value, field, drop, field)]];
  });
  const metadata = cleanMetadata(object, drop);
  return {
    object: { ...Object.fromEntries(fields), apiVersion: object.apiVersion, kind: object.kind, metadata },
    omitted,
    lastApplied: reducedLastApplied(object.metadata.annotations?.[lastAppliedAnnotation]),
  };
}

/** What the server said, without what it should not have said. */
export function withoutSecretAnswer<T extends { readonly answer: object }>(said: T): T {
  const clean = cleaned(JSON.parse(JSON.stringify(said.answer)), 'answer', () => {});
  return { ...said, answer: { ...said.answer, ...(isMap(clean) && clean) } };
}

/** @param own the field that holds the value; empty for what stands in a list or alone */
function cleaned(value: Json | undefined, path: string, drop: (field: string) => void, own = ''): Json | undefined {
  if (value === undefined) return undefined;
  if (isList(value)) return value.map((item, index) => cleaned(item, `${path}[${index}]`, drop) ?? null);
  if (typeof value === 'string') {
    const clean = withoutCredentials(value);
    if (clean !== value) drop(`a part of ${path}`);
    return clean;
  }
  if (!isMap(value)) return value;
  const kept: [string, Json | undefined][] = [];
  for (const [field, inner] of Object.entries(value)) {
    if (isSecret(field, inner) && !isLabel(own, inner)) drop(`${path}.${field}`);
    else kept.push([field, cleaned(inner, `${path}.${field}`, drop, field)]);
  }
  return Object.fromEntries(kept);
}

function cleanMetadata({ metadata: whole }: KubeObject, drop: (field: string) => void): KubeObject['metadata'] {
  const { managedFields } = whole;
  const metadata = managedFields === undefined ? whole : { ...whole, managedFields: managedFields.map((entry) => cleanEntry(entry, drop)) };
  const { annotations, ...others } = metadata;
  if (annotations === undefined) return metadata;
  const kept = Object.entries(annotations).flatMap(([key, value]): readonly [string, string][] => {
    const clean = cleanAnnotation(key, value);
    if (clean !== value) drop(`metadata.annotations[${key}]`);
    return clean === undefined ? [] : [[key, clean]];
  });
  // An object without annotations has no map of them either: to the controller that would be a difference.
  return kept.length === 0 ? others : { ...metadata, annotations: Object.fromEntries(kept) };
}

function cleanEntry(entry: JsonObject, drop: (field: string) => void): JsonObject {
  const clean = cleaned(entry, 'metadata.managedFields', drop);
  return isMap(clean) ? clean : entry;
}

/** What tools other than kubectl keep of what was last applied, and what a guest is told. */
const secretAnnotations =
  /user-?data|cloud-?(init|config)|passw|token|secret|credential|private-?key|kube-?config|last-?applied|\/applied$|^kapp\.k14s\.io\/original/i;

/** A cloud-config or what was packed with gzip, as base64 begins with it. */
const packed = /^\s*(I2Nsb3VkLWNvbmZpZ|H4sI)/;

/** Undefined leaves the annotation out. What may be a secret keeps its key, since copies of it are looked for. */
function cleanAnnotation(key: string, value: string): string | undefined {
  if (key === lastAppliedAnnotation) return undefined;
  if (secretAnnotations.test(key) || value.includes('#cloud-config') || packed.test(value)) return '';
  const parsed = parsedMap(value);
  if (parsed === undefined) return key === conversionAnnotation ? undefined : withoutCredentials(value);
  let changed = false;
  const clean = cleaned(parsed, '', () => {
    changed = true;
  });
  return changed ? JSON.stringify(clean) : value;
}

function parsedMap(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The names of fields, and of the values only labels, selectors and the few words that decide what was meant. */
function reducedLastApplied(text: string | undefined): JsonObject | undefined {
  const applied = text === undefined ? undefined : parsedMap(text);
  if (applied === undefined) return undefined;
  const metadata = mapAt(applied, 'metadata');
  return {
    apiVersion: textAt(applied, 'apiVersion'),
    kind: textAt(applied, 'kind'),
    metadata: { ...shape(metadata, 'metadata'), name: textAt(metadata, 'name') },
    ...(isMap(applied['spec']) && { spec: shape(applied['spec'], 'spec') }),
  };
}

const toldWords = [
  /^metadata\.namespace$/,
  /^metadata\.labels?\.[^.]+/,
  /^spec\.(labels?|selector)(\.matchLabels)?\.[^.]+/,
  /^spec\.(type|clusterIP)$/,
];

function shape(value: JsonObject, path: string): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field, inner]) => !secretFields.has(field) || isLabel(path.replace(/^.*\./, ''), inner))
      .map(([field, inner]) => [field, shapeOf(inner, `${path}.${field}`)]),
  );
}

function shapeOf(value: Json | undefined, path: string): Json {
  if (isMap(value)) return shape(value, path);
  if (isList(value)) return value.map((item) => shapeOf(item, path));
  if (typeof value !== 'string') return value ?? null;
  return toldWords.some((told) => told.test(path)) && value.length <= 63 ? value : '';
}
