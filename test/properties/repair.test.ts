import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { vmServiceAdmission } from '../../src/apiserver/admission/vm-service-admission.ts';
import { readManifestValues } from '../../src/cluster/files/manifest-values.ts';
import { mendText } from '../../src/cluster/files/mend-text.ts';
import { yamlComments } from '../../src/cluster/files/yaml-editor.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { Edit } from '../../src/core/repair/edit.ts';
import { type FindingRepair, repairsFor } from '../../src/core/repair/repairs.ts';
import type { FieldPath } from '../../src/model/field-path.ts';
import { isList, type Json } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { readAdmissions } from '../support/conformance.ts';
import { withCopiedMistakes } from '../support/copied-mistakes.ts';
import { randomFrom } from '../support/random.ts';
import { yamlInSomeStyle } from '../support/yaml-styles.ts';

const admission = vmServiceAdmission({
  profile: 'E',
  definitions: readCrdFiles('E'),
  workloadIPv6: false,
  providerOf: () => ({ from: 'setting', provider: 'none' }),
  objects: [],
  kubernetesMinor: undefined,
});

function judge(value: Json): readonly Finding[] {
  return isMap(value) ? admission.all(value, { namespace: 'val', place: 'val' }) : [];
}

/** What is mended in each text; every test looks at the same ones. */
const mended = new Map<string, ReturnType<typeof mendAnew>>();

function mend(text: string): ReturnType<typeof mendAnew> {
  const found = mended.get(text) ?? mendAnew(text);
  mended.set(text, found);
  return found;
}

function mendAnew(text: string) {
  return mendText<FindingRepair>(text, ({ value, writtenAt }) =>
    isMap(value) ? repairsFor(judge(value), { object: value, writtenAt, newestVersion: 'v1alpha6' }) : [],
  );
}

/** Every value that is no list and no mapping, by its path. */
function leaves(value: Json | undefined, path: FieldPath = []): readonly (readonly [path: FieldPath, value: Json])[] {
  if (value === undefined) return [];
  if (isList(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (isMap(value)) return Object.entries(value).flatMap(([key, field]) => leaves(field, [...path, key]));
  return [[path, value]];
}

/** Whether an edit is about the field, or about something that it is in. */
function concerns(edit: Edit, path: FieldPath): boolean {
  return edit.path.every((part, index) => path[index] === part);
}

/** Where the items behind one that was taken out have other numbers now. */
function listWithFewerItems({ kind, path }: Edit): FieldPath | undefined {
  return kind === 'remove' && typeof path.at(-1) === 'number' ? path.slice(0, -1) : undefined;
}

/** As somebody else reads it. */
function parsed(text: string): readonly Json[] {
  return parseAllDocuments(text, { version: '1.1', merge: true, intAsBigInt: true }).map((document) =>
    JSON.parse(JSON.stringify(document.toJS(), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))),
  );
}

describe('manifests that the recorded API server or webhook judged, with mistakes, in any layout', () => {
  const random = randomFrom(Number(process.env.VMSVC_TEST_SEED ?? 20261128));
  const texts = readAdmissions().map(({ id, object }) => {
    const wrong = withCopiedMistakes(object, random);
    const json = random() < 0.15;
    return { id, json, text: json ? `${JSON.stringify(wrong, null, Math.floor(random() * 5))}\n` : yamlInSomeStyle(wrong, random) };
  });

  test('are repaired to the end, and a second time nothing changes', async () => {
    let repaired = 0;
    for (const { id, text } of texts) {
      const once = await mend(text);
      repaired += once.made.length;
      assert.deepEqual(
        once.refused.map(({ edits }) => edits),
        [],
        `${id}\n${text}`,
      );
      const twice = await mendAnew(once.text);
      assert.deepEqual([twice.text, twice.made], [once.text, []], id);
      // What has one right answer is mended: nothing that could be repaired is found any more.
      const { values, errors } = await readManifestValues([{ name: 'a', read: async () => new TextEncoder().encode(once.text) }], {
        cwd: '/',
        readStdin: async () => new Uint8Array(),
      });
      assert.deepEqual(errors, [], id);
      for (const { value } of values) {
        assert.ok(isMap(value));
        assert.deepEqual(repairsFor(judge(value), { object: value, writtenAt: () => undefined, newestVersion: 'v1alpha6' }), [], id);
      }
    }
    assert.ok(repaired > texts.length, `${repaired} repairs in ${texts.length} manifests`);
  });

  test('say what to write where there is more than one answer, or none', async () => {
    for (const { id, text } of texts) {
      const { values } = await readManifestValues([{ name: 'a', read: async () => new TextEncoder().encode((await mend(text)).text) }], {
        cwd: '/',
        readStdin: async () => new Uint8Array(),
      });
      const silent = values
        .flatMap(({ value }) => judge(value ?? null))
        .filter(({ severity, fix }) => severity !== 'info' && fix.length === 0);
      assert.deepEqual(silent, [], id);
    }
  });

  test('lose no comment, and no field that no repair is about', async () => {
    for (const { id, text, json } of texts) {
      const { text: after, made } = await mend(text);
      if (json) assert.doesNotThrow(() => JSON.parse(after), id);
      else assert.deepEqual([...yamlComments(after)].sort(), [...yamlComments(text)].sort(), id);
      const edits = made.flatMap((repair) => repair.edits);
      const [[before], [now]] = [parsed(text), parsed(after)];
      const found = new Map(leaves(now).map(([path, value]) => [JSON.stringify(path), value]));
      for (const [path, value] of leaves(before)) {
        const list = edits.map((edit) => listWithFewerItems(edit)).find((one) => one?.every((part, index) => path[index] === part));
        const places =
          list === undefined ? [path] : Array.from({ length: 10 }, (_, index) => [...list, index, ...path.slice(list.length + 1)]);
        if (places.some((place) => edits.some((edit) => concerns(edit, place)))) continue;
        const values = places.map((place) => found.get(JSON.stringify(place)));
        assert.ok(values.includes(value), `${id} ${JSON.stringify(path)}\n${text}\n${after}`);
      }
    }
  });
});
