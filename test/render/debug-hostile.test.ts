import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../../src/core/finding.ts';
import type { Json, KubeObject } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { findingBlocks } from '../../src/render/debug.ts';
import { renderJson } from '../../src/render/documents.ts';
import { findingDocument } from '../../src/render/finding-document.ts';
import { plainStyle } from '../../src/render/style.ts';
import { admissionCases } from '../core/diagnosis/admission-cases.ts';
import { endpointsCases } from '../core/diagnosis/endpoints-cases.ts';
import { selectionCases } from '../core/diagnosis/selection-cases.ts';
import { serviceCases } from '../core/diagnosis/service-cases.ts';
import { vmCases } from '../core/diagnosis/vm-cases.ts';
import { findingsOf } from '../support/diagnosed.ts';
import { testNow } from '../support/test-io.ts';

const evil = "\u001b[31m\u009b2J\u202e\u200b\n'$(rm -rf ~)`id`;";
/** What reads as it is written, so that it may stand in a command. */
const typeable = "'$(rm -rf ~)`id`;&id|id>id";
const cases = [...admissionCases, ...selectionCases, ...vmCases, ...serviceCases, ...endpointsCases];

/** Every text of an object with the hostile one behind it, but for what the meaning of the object hangs on. */
function poisoned(object: KubeObject, names: boolean, text: string): KubeObject {
  return poison(object as unknown as Json, '') as unknown as KubeObject;
  function poison(value: Json, field: string): Json {
    if (typeof value === 'string') return isKept(field, value) ? value : `${value}${text}`;
    if (Array.isArray(value)) return value.map((item: Json) => poison(item, field));
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poison(inner ?? null, key)]));
  }
  function isKept(field: string, value: string): boolean {
    if (['name', 'namespace'].includes(field)) return !names;
    return meaningful.includes(field) || /^\d{4}-\d\d-\d\dT|^[\d.]+(\/\d+)?$|^fd00/.test(value);
  }
}

const meaningful = [
  'kind',
  'apiVersion',
  'uid',
  'type',
  'status',
  'powerState',
  'reason',
  'finalizers',
  'clusterIp',
  'protocol',
  'ipFamilies',
  'ipFamilyPolicy',
  'addressType',
  'kubernetes.io/service-name',
  'endpointslice.kubernetes.io/managed-by',
  'manager',
];

const text = (findings: readonly Finding[]) =>
  findingBlocks(
    findings,
    { now: new Date(testNow), columns: undefined, all: true, showDangerous: true, probed: false, minSeverity: 'info' },
    plainStyle(true),
  ).join('\n\n');

suite('hostile texts of a cluster', () => {
  for (const [names, added, what] of [
    [false, evil, 'labels, annotations, messages and specs'],
    [true, evil, 'names and namespaces as well'],
    [false, typeable, 'labels, annotations, messages and specs that mean something to a shell'],
    [true, typeable, 'names and namespaces that mean something to a shell'],
  ] as const) {
    test(`${what} come out escaped, and run nothing when pasted`, () => {
      let told = 0;
      let quoted = 0;
      for (const { world, options } of cases) {
        const findings = findingsOf(
          world.map((object) => poisoned(object, names, added)),
          options,
        );
        told += findings.length;
        const printed = text(findings);
        assert.doesNotMatch(printed, /[^\P{C}\n]|\u2028|\u2029/u, printed);
        for (const line of printed.split('\n')) assert.doesNotMatch(line, /^'?\$\(rm/, 'a line was forged');
        for (const { fix } of findings) {
          for (const one of fix) {
            if (one.kind !== 'command') continue;
            const pasted =
              text([{ ...findings[0], fix: [one], evidence: [], follows: [] } as Finding])
                .split('\n')
                .find((line) => line.includes('kubectl')) ?? '';
            const command = pasted.split('   # ')[0] ?? '';
            if (command.includes('rm -rf')) quoted += 1;
            assert.doesNotMatch(command.replaceAll("'\\''", '').replaceAll(/'[^']*'/g, ''), /[$`;|&<>]/, command);
            if (names) assert.ok(!one.words.slice(0, 5).some((word) => word.includes('rm -rf')), one.words.join(' '));
          }
        }
        const json = renderJson(findings.map(findingDocument), 'given');
        assert.ok(
          [...json].every((character) => character === '\n' || !/[\p{Cc}\p{Cf}]/u.test(character)),
          json,
        );
      }
      assert.ok(told > cases.length, `${told} findings`);
      if (added === typeable && !names) assert.ok(quoted > 0, 'no command had a hostile word');
    });
  }
});
