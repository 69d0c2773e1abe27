import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readYamlDocuments } from '../../src/cluster/files/yaml-reader.ts';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { Kubectl, kubectlReleases } from '../support/kubectl-releases.ts';

/** What stands behind `spec:`; kubectl decides what it means, or that it means nothing. */
const texts: readonly (readonly [what: string, text: string])[] = [
  ['words of YAML 1.1', ' {a: yes, b: No, c: on, d: ~, e: NULL, f: y, n: N}'],
  ['numbers', ' [0777, 0o17, 0x1F, 0b11, 1_000, 1e3, .5, 5., +1, -0, 9007199254740993, 1:30, 2026-01-01]'],
  ['numbers that JSON has not', ' [.inf]'],
  ['keys that are no text', '\n  1: a\n  1.50: b\n  true: c\n  no: d\n  .inf: e\n  -.Inf: f'],
  ['a key that is null', '\n  ~: a'],
  ['brackets that are closed in the column of their key', '\n  a: [\n    1,\n  2\n  ]\n  b: {\n  c: d\n  }'],
  ['brackets that are closed further to the left', '\n  - a: [b, # why\nc,\n d\n]\n  - e'],
  ['brackets that are not closed', '\n  a: [1, 2\n  b: 3'],
  ['quotes over lines in any column', '\n  a: "b\nc\n\n   d"\n  e: \'f\n  g\''],
  ['a quote that is closed too late', '\n  a: "b\n  c: "d"'],
  ['plain text over lines', '\n  a: b\n    c\n\n    d'],
  ['plain text that goes on in the column of its key', '\n  a: b\n  c'],
  ['plain text over lines in braces', '\n  a: {b: c\nd, e: f}'],
  ['dashes in brackets', ' [-, a, -b, {c: -}, -]'],
  ['a dash and a blank in brackets', ' [- a]'],
  ['a colon without a blank in braces', ' {a:1, "b":2}'],
  ['a colon before a bracket in braces', ' {a:[1]}'],
  ['a colon before a comma', ' {a:, b: 1}'],
  ['escapes', String.raw` ["it\'s", "\x41\u0042\_\N", "a\tb", 'it''s']`],
  ['an escape that only JSON has', String.raw` "a\/b"`],
  ['anchors, aliases and merges', '\n  a: &a {x: 1, y: 2}\n  b: {<<: *a, y: 3}\n  c: *a\n  d: {<<: [*a, {z: 1}]}'],
  ['a merge of text', '\n  <<: text'],
  ['an alias without its anchor', ' *a'],
  ['tags of JSON', ' [!!str 1, !!int "1", !!float 1, !!bool yes, !!null ~, !!str yes]'],
  ['a tag that the text is not', ' !!int abc'],
  ['block texts', '\n  a: |\n    b\n     c\n\n  d: >-\n    e\n    f\n\n    g\n  h: |+\n    i\n\n'],
  ['block texts that say their indentation', '\n  a: |2\n      b\n  c: |1-\n    d\n'],
  ['a tab that indents', '\n\ta: 1'],
  ['tabs between words', '\t{a:\t1,\n\tb: 2}'],
  ['a tab before text that goes on in braces', ' {a: b\n\tc}'],
  ['comments in every place', ' # a\n  # b\n  c: # d\n    - e # f\n# g\n    - "h"#i\n'],
  ['a key twice', '\n  a: 1\n  a: 2'],
  ['lists in the column of their key', '\n  a:\n  - b\n  -\n    c: d\n  - - e\n    - f'],
  ['a mapping behind its key', '\n  a: b: c'],
  ['windows', '\r\n  a: b\r\n  c: |\r\n    d\r\n    e\r\n'],
  ['an at sign', ' @a'],
  ['a percent sign', ' [a%, "%a", b: 1%]'],
  ['a question mark in brackets', ' [a?]'],
  ['explicit keys', '\n  ? a\n  : b\n  ? c'],
];

const [release] = kubectlReleases().slice(-1);

describe(`YAML as kubectl ${release?.minor ?? '(none here)'} reads it`, { skip: release === undefined }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-yaml-'));
  let sandbox: Sandbox;
  let kubectl: Kubectl;
  before(async () => {
    sandbox = await startSandbox({ profile: 'E', objects: [], controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, sandboxKubeconfig(sandbox));
    assert.ok(release !== undefined);
    kubectl = new Kubectl(release, kubeconfig);
  });
  after(async () => {
    kubectl.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [what, text] of texts) {
    test(what, async () => {
      const manifest = `apiVersion: vmoperator.vmware.com/v1alpha6\nkind: VirtualMachineService\nmetadata: {name: web}\nspec:${text}\n`;
      const path = join(folder, 'web.yaml');
      writeFileSync(path, manifest);
      const said = await kubectl.run(['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', path]);
      const { documents, problems } = readYamlDocuments(manifest);
      const refused = problems.filter(({ code }) => code === 'Syntax');
      assert.equal(refused.length === 0, said.code === 0 && !onlyOurs.has(what), `${said.stderr}${refused.map(({ message }) => message)}`);
      const value = documents[0]?.value;
      if (said.code === 0 && isMap(value)) assert.deepEqual(JSON.parse(JSON.stringify(value['spec'])), JSON.parse(said.stdout).spec);
    });
  }
});

/** Refused by us alone, on purpose: docs/reliability.md says why. */
const onlyOurs: ReadonlySet<string> = new Set(['a key that is null', 'a colon before a comma']);
