import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { storedObject } from '../../src/apiserver/json.ts';
import { fieldManagement } from '../../src/apiserver/patch/apply.ts';
import { builtInType } from '../../src/apiserver/patch/built-in-types.ts';
import { applyJsonPatch } from '../../src/apiserver/patch/json-patch.ts';
import { applyStrategicMerge } from '../../src/apiserver/patch/strategic-merge.ts';
import type { ServedResource } from '../../src/apiserver/request.ts';
import { customResourceSchemas, schemaLookup } from '../../src/apiserver/schema/schema.ts';
import { validateLists } from '../../src/apiserver/schema/schema-lists.ts';
import { structuralSchema } from '../../src/apiserver/schema/schema-structure.ts';
import { validateSchema } from '../../src/apiserver/schema/schema-validate.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { FieldError } from '../../src/core/field-errors.ts';
import type { Json, JsonObject, KubeObject } from '../../src/model/object.ts';
import { resourceOf, services } from '../../src/model/resources.ts';
import type { StatusCause } from '../../src/model/status.ts';
import { frozen } from '../support/frozen.ts';
import { recordedLines } from '../support/recordings.ts';

const lookup = schemaLookup(readCrdFiles('E'));
const schemas = customResourceSchemas(lookup);
const management = fieldManagement(lookup);

function servedAs(object: { readonly apiVersion: string; readonly kind: string }): ServedResource {
  return { ...resourceOf(object), version: object.apiVersion.slice(object.apiVersion.indexOf('/') + 1) };
}

/** kube-apiserver walks maps in random order, and says the same thing once. */
function sorted(errors: readonly StatusCause[]): readonly string[] {
  return [...new Set(errors.map(({ reason, field, message }) => `${reason} ${field}: ${message}`))].sort();
}

suite('every recorded VirtualMachine gets the real verdict', () => {
  interface Verdict {
    readonly object: KubeObject;
    readonly unknownFields?: string;
    readonly causes?: readonly StatusCause[];
    readonly accepted?: { readonly spec?: Json };
  }
  const verdicts = recordedLines<Verdict>('apiserver/recordings/virtual-machine-verdicts.jsonl.gz');

  test('unknown fields are listed as a strict request lists them', () => {
    for (const { object, unknownFields } of verdicts.filter((verdict) => verdict.unknownFields !== undefined)) {
      const listed = schemas.prune(frozen(object), servedAs(object)).unknownFields.map((field) => `unknown field "${field}"`);
      const version = servedAs(object).version;
      const intro = `${object.kind} in version "${version}" cannot be handled as a ${object.kind}: strict decoding error: `;
      assert.equal(`${intro}${listed.join(', ')}`, unknownFields);
    }
  });

  test('refused objects are refused for the same reasons in the same words', () => {
    for (const { object, causes } of verdicts) {
      if (causes === undefined) continue;
      const resource = servedAs(object);
      const whole = schemas.default(schemas.prune(frozen(object), resource).object, resource);
      assert.deepEqual(sorted(schemas.validate(whole, undefined, resource)), sorted(causes), JSON.stringify(object));
    }
  });

  test('accepted objects are stored with the same defaults and without the same fields', () => {
    for (const { object, accepted } of verdicts) {
      if (accepted === undefined) continue;
      const resource = servedAs(object);
      const whole = storedObject(schemas.default(schemas.prune(frozen(object), resource).object, resource));
      assert.deepEqual(schemas.validate(whole, undefined, resource), []);
      assert.deepEqual(whole['spec'], accepted.spec);
    }
  });
});

test('every recorded update tolerates the old faults that kube-apiserver tolerates, and no others', () => {
  interface Update {
    readonly schema: JsonObject;
    readonly old?: JsonObject;
    readonly object: JsonObject;
    readonly causes: readonly FieldError[];
  }
  const [first, ...updates] = recordedLines<Update>('apiserver/recordings/ratcheting.jsonl.gz');
  assert.ok(first !== undefined && updates.length > 300);
  const schema = structuralSchema(first.schema);
  for (const { old, object, causes } of updates) {
    const lists = old !== undefined && validateLists(old, schema).length > 0 ? [] : validateLists(object, schema);
    assert.deepEqual(
      sorted([...validateSchema(frozen(object), schema, '', old), ...lists]),
      sorted(causes),
      JSON.stringify({ old, object }),
    );
  }
});

interface Write {
  readonly resource: ServedResource;
  readonly subresource?: string;
  readonly manager: string;
  readonly now: string;
  readonly existing?: KubeObject;
  readonly force?: boolean;
  readonly applied?: JsonObject;
  readonly written?: KubeObject;
  readonly answer: {
    readonly managedFields?: readonly JsonObject[];
    readonly metadata?: JsonObject;
    readonly spec?: Json;
    readonly message?: string;
    readonly causes?: readonly StatusCause[];
  };
}

suite('every recorded write leaves fields with their real owners', () => {
  for (const file of ['field-ownership', 'kubectl-takes-over']) {
    test(file, () => {
      for (const write of recordedLines<Write>(`apiserver/recordings/${file}.jsonl.gz`)) assertOwners(write);
    });
  }

  function assertOwners({ resource, subresource, manager, now, existing, force = false, applied, written, answer }: Write): void {
    const options = { resource, subresource, fieldManager: manager, now, force };
    const live = existing === undefined ? undefined : frozen(existing);
    const outcome =
      applied !== undefined
        ? management.apply(live, frozen(applied), options)
        : { object: management.recordUpdate(live, kubeObject(written), options) };
    if ('conflicts' in outcome) {
      // Managers come in random order, their fields do not.
      assert.deepEqual(outcome.message.split('\n').sort(), answer.message?.split('\n').sort());
      assert.deepEqual(sorted(outcome.conflicts), sorted(answer.causes ?? []));
      return;
    }
    assert.ok('object' in outcome, JSON.stringify(outcome));
    assert.deepEqual(outcome.object.metadata.managedFields, answer.managedFields);
    if (answer.metadata === undefined || resource.group === '' || subresource !== undefined) return;
    const whole = storedObject(schemas.default(outcome.object, resource));
    assert.deepEqual(whole['spec'], answer.spec);
    const { labels, annotations, finalizers, ownerReferences } = whole.metadata;
    const { metadata } = answer;
    assert.deepEqual(
      [labels, annotations, finalizers, ownerReferences],
      [metadata['labels'], metadata['annotations'], metadata['finalizers'], metadata['ownerReferences']],
    );
  }

  function kubeObject(object: KubeObject | undefined): KubeObject {
    assert.ok(object !== undefined);
    return frozen(object);
  }
});

test('every recorded strategic merge patch does to a Service what it really does', () => {
  interface Merge {
    readonly existing: JsonObject;
    readonly patch: Json;
    readonly merged?: JsonObject;
    readonly refused?: string;
  }
  const merges = recordedLines<Merge>('apiserver/recordings/strategic-merges.jsonl.gz');
  assert.ok(merges.length > 300);
  for (const { existing, patch, merged } of merges) {
    const outcome = applyStrategicMerge(frozen(existing), frozen(patch), builtInType(services));
    const shown = 'object' in outcome ? shownService(outcome.object) : undefined;
    assert.deepEqual(shown, merged, JSON.stringify({ existing, patch, outcome }));
  }

  function shownService(object: JsonObject): Json {
    const whole: { metadata: Record<string, Json>; spec: Record<string, Json> } = JSON.parse(JSON.stringify(object));
    const { labels, finalizers, ownerReferences } = whole.metadata;
    const { selector, ports } = whole.spec;
    const owners = list(ownerReferences).map(({ uid }) => uid);
    const shown = {
      labels: notEmpty(labels),
      finalizers: notEmpty(finalizers),
      owners: notEmpty(owners),
      selector: notEmpty(selector),
      ports: list(ports).map(({ name, port, appProtocol }) => [name ?? '', port, appProtocol ?? '']),
    };
    return JSON.parse(JSON.stringify(shown));
  }

  function list(value: Json | undefined): readonly Record<string, Json>[] {
    return value === undefined ? [] : JSON.parse(JSON.stringify(value));
  }

  function notEmpty(value: unknown): unknown {
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? value : undefined;
  }
});

test('every recorded JSON patch does to a VirtualMachineService what it really does', () => {
  interface Patched {
    readonly spec: JsonObject;
    readonly patch: Json;
    readonly patched?: Json;
    readonly refused?: string;
  }
  const resource = servedAs({ apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService' });
  for (const { spec, patch, patched, refused } of recordedLines<Patched>('apiserver/recordings/json-patches.jsonl.gz')) {
    const existing = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', metadata: { name: 'jp' }, spec };
    const outcome = applyJsonPatch(frozen(existing), frozen(patch));
    if (refused !== undefined) {
      assert.deepEqual(outcome, { error: { code: 422, message: refused } }, JSON.stringify(patch));
    } else if (patched !== undefined) {
      assert.ok('object' in outcome, JSON.stringify(patch));
      const pruned = storedObject(schemas.prune(storedObject(outcome.object), resource).object);
      assert.deepEqual(pruned['spec'], patched, JSON.stringify(patch));
    }
  }
});
