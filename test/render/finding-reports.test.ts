import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { catalogue } from '../../src/core/catalogue/catalogue.ts';
import type { Finding } from '../../src/core/finding.ts';
import { families, findingCodes } from '../../src/core/finding-family.ts';
import type { Checked } from '../../src/core/test-cases.ts';
import { renderFindingsJunit } from '../../src/render/findings-junit.ts';
import { renderGithubAnnotations } from '../../src/render/github-annotations.ts';
import { type FileEdit, renderSarif } from '../../src/render/sarif.ts';
import { renderTap } from '../../src/render/tap.ts';
import { assertGolden } from '../support/golden.ts';
import { junitProblems, sarifProblems } from '../support/report-schemas.ts';

const web = { kind: 'VirtualMachineService', name: 'web', namespace: 'prod' };
const db = { kind: 'VirtualMachineService', name: 'db', namespace: undefined };
const time = '2026-11-20T12:00:00Z';

const missingType: Finding = {
  code: 'VMS101',
  severity: 'error',
  confidence: 'certain',
  object: web,
  field: 'spec.type',
  location: { file: 'deploy/my web.yaml', line: 5, column: 1 },
  message: 'spec.type: Required value',
  evidence: [],
  fix: [{ kind: 'advice', text: 'add "type: LoadBalancer" or "type: ClusterIP"; it cannot be changed later' }],
  follows: [],
};
const badPort: Finding = {
  ...missingType,
  code: 'VMS103',
  field: 'spec.ports[0].protocol',
  location: { file: 'deploy/my web.yaml', line: 9, column: 15 },
  message: 'spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
  fix: [{ kind: 'advice', text: 'write it in capitals: TCP' }],
};
const nearMiss: Finding = {
  code: 'VMS202',
  severity: 'warning',
  confidence: 'likely',
  object: web,
  location: { file: 'deploy/my web.yaml', line: 7, column: 5 },
  message: 'VM web-6 misses the selector by the letter case of App: 100% sure, almost',
  evidence: ['web-6 has App=web'],
  fix: [{ kind: 'command', words: ['kubectl', 'label', 'vm', 'web-6', 'app=web'], note: 'and App-' }],
  follows: ['VMS201'],
};
const live: Finding = {
  code: 'VMS312',
  severity: 'info',
  confidence: 'certain',
  object: { ...web, kind: 'VirtualMachine', name: 'web-1' },
  message: 'Ready is left over',
  evidence: [],
  fix: [],
  follows: [],
};
const unreadable: Finding = {
  ...missingType,
  code: 'VMS116',
  object: { kind: '', name: '', namespace: undefined },
  location: { file: 'deploy/broken.yaml', line: 3, column: 2 },
  message: 'a mapping is not closed',
};

const everything: Checked = {
  command: 'validate',
  objects: [
    { object: web, location: { file: 'deploy/my web.yaml', line: 1, column: 1 } },
    { object: db, location: { file: 'deploy/db.yaml', line: 1, column: 1 } },
    { object: { ...web, kind: 'VirtualMachine', name: 'web-1' } },
  ],
  findings: [unreadable, missingType, nearMiss, badPort, live],
  families: ['VMS1'],
  unknown: [{ object: db, family: 'VMS2', reason: 'no VirtualMachine in the input' }],
  failOn: 'error',
};
const nothing: Checked = { ...everything, objects: [], findings: [], unknown: [] };
const allWell: Checked = { ...everything, findings: [], unknown: [] };

const edit: FileEdit = { file: 'deploy/my web.yaml', start: { line: 9, column: 15 }, end: { line: 9, column: 18 }, text: 'TCP' };
const sarif = (checked: Checked) =>
  renderSarif(checked, {
    toolVersion: '0.1.0',
    articleOf: (code) => catalogue[code],
    editsOf: (finding) => (finding === badPort ? [edit] : undefined),
  });
const golden = (name: string) => new URL(`finding-reports/${name}`, import.meta.url);

describe('findings as SARIF', () => {
  test('have a rule with help, a place, and an edit where there is one right answer', () => {
    const text = sarif(everything);
    assert.deepEqual(sarifProblems(text), []);
    assertGolden(golden('everything.sarif'), text);
  });

  test('are an empty list when all is well', () => {
    const text = sarif(allWell);
    assert.deepEqual(sarifProblems(text), []);
    const [run] = JSON.parse(text).runs;
    assert.deepEqual([run.results, run.tool.driver.rules, run.invocations], [[], [], [{ executionSuccessful: true }]]);
  });

  test('the schema refuses what is no SARIF, so that the tests above can fail', () => {
    const broken = JSON.parse(sarif(everything));
    broken.runs[0].results[0].level = 'fatal';
    delete broken.runs[0].tool;
    assert.deepEqual(sarifProblems(JSON.stringify(broken)), [
      ".runs[0] should have required property 'tool'",
      '.runs[0].results[0].level should be equal to one of the allowed values',
    ]);
  });

  test('every code makes a rule that the schema takes', () => {
    const findings = findingCodes.map((code): Finding => ({ ...missingType, code }));
    assert.deepEqual(sarifProblems(sarif({ ...everything, findings })), []);
  });

  test('addresses of files are escaped, and absolute where the file was named so', () => {
    const of = (file: string) => {
      const [result] = JSON.parse(sarif({ ...nothing, findings: [{ ...missingType, location: { file, line: 1, column: 1 } }] })).runs[0]
        .results;
      return result.locations[0].physicalLocation.artifactLocation;
    };
    assert.deepEqual(of('a b/ü#?.yaml'), { uri: 'a%20b/%C3%BC%23%3F.yaml', uriBaseId: '%SRCROOT%' });
    assert.deepEqual(of('../x.yaml'), { uri: '../x.yaml', uriBaseId: '%SRCROOT%' });
    assert.deepEqual(of('/srv/x.yaml'), { uri: 'file:///srv/x.yaml' });
  });
});

describe('findings as JUnit', () => {
  test('have a case for each object and family: failed, passed with remarks, skipped', async () => {
    const text = renderFindingsJunit(everything, time);
    assert.deepEqual(await junitProblems(text), []);
    assertGolden(golden('everything.xml'), text);
  });

  test('that are none are cases that passed; without objects there is no case', async () => {
    for (const checked of [allWell, nothing]) {
      const text = renderFindingsJunit(checked, time);
      assert.deepEqual(await junitProblems(text), []);
      assert.equal(text.match(/<testcase /g)?.length ?? 0, checked.objects.length);
      assert.ok(!text.includes('<failure'));
    }
  });

  test('warnings are failures where the threshold says so, and nothing is with never', () => {
    const failures = (failOn: Checked['failOn']) => /failures="(\d+)"/.exec(renderFindingsJunit({ ...everything, failOn }, time))?.[1];
    assert.deepEqual(
      ['error', 'warning', 'info', 'never'].map((word) => failures(word as Checked['failOn'])),
      ['2', '3', '4', '0'],
    );
  });

  test('the schema refuses what is no report, so that the tests above can fail', async () => {
    assert.notDeepEqual(await junitProblems(renderFindingsJunit(everything, time).replace(' tests="', ' test="')), []);
  });
});

describe('findings as TAP', () => {
  test('have a point for each object and family, with what was found below it', () => {
    assertGolden(golden('everything.tap'), renderTap(everything));
  });

  test('that are none', () => {
    assert.equal(
      renderTap(allWell),
      'TAP version 14\n1..3\n' +
        'ok 1 - deploy/my web.yaml VirtualMachineService/web: Spec and admission\n' +
        'ok 2 - deploy/db.yaml VirtualMachineService/db: Spec and admission\n' +
        'ok 3 - prod VirtualMachine/web-1: Spec and admission\n',
    );
    assert.equal(renderTap(nothing), 'TAP version 14\n1..0\n');
  });
});

describe('findings as annotations', () => {
  test('are commands of a workflow, with what means something there escaped', () => {
    assertGolden(golden('everything.github'), renderGithubAnnotations(everything.findings));
    const odd: Finding = { ...missingType, location: { file: 'a,b:c%.yaml', line: 1, column: 2 }, message: 'a\r\nb::c%0A', fix: [] };
    assert.equal(
      renderGithubAnnotations([odd]),
      '::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=VMS101 RequiredFieldMissing::a\\r\\nb::c%250A\n',
    );
    assert.equal(renderGithubAnnotations([]), '');
  });
});

/** Text as an enemy would write it. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\u001b[31m',
        '\u202e',
        '::',
        '%0A',
        ']]>',
        '<!--',
        '&',
        '"',
        '#',
        '\\',
        '---',
        '\ufffe',
        '\ud800',
        '\u0000',
      ),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(''));
const findingArbitrary: fc.Arbitrary<Finding> = fc.record({
  code: fc.constantFrom(...findingCodes),
  severity: fc.constantFrom('error', 'warning', 'info'),
  confidence: fc.constantFrom('certain', 'likely', 'hint'),
  object: fc.record({ kind: hostile, name: hostile, namespace: fc.option(hostile, { nil: undefined }) }),
  field: hostile,
  location: fc.record({ file: hostile, line: fc.integer({ min: 1 }), column: fc.integer({ min: 1 }) }),
  message: hostile,
  evidence: fc.array(hostile, { maxLength: 2 }),
  fix: fc.array(fc.record({ kind: fc.constant('advice'), text: hostile }), { maxLength: 2 }),
  follows: fc.constant([]),
});

describe('whatever the texts hold', () => {
  const anything = fc.array(findingArbitrary, { maxLength: 4 });

  test('SARIF stays SARIF, with a result for each finding', () => {
    fc.assert(
      fc.property(anything, (findings) => {
        const text = sarif({ ...everything, findings });
        assert.deepEqual(sarifProblems(text), []);
        assert.equal(JSON.parse(text).runs[0].results.length, findings.length);
      }),
      { numRuns: 50 },
    );
  });

  test('JUnit stays JUnit', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (findings) => {
        assert.deepEqual(await junitProblems(renderFindingsJunit({ ...everything, findings, families }, time)), []);
      }),
      { numRuns: 15 },
    );
  });

  test('TAP has the points that its plan says, and no line of a finding looks like one', () => {
    fc.assert(
      fc.property(anything, (findings) => {
        const lines = renderTap({ ...everything, findings }).split('\n');
        const points = lines.filter((line) => /^(?:not )?ok \d+ - /.test(line));
        assert.equal(lines[1], `1..${points.length}`);
        assert.ok(lines.slice(2, -1).every((line) => points.includes(line) || /^ {2}(?:---|\.\.\.|findings:| {2}- \{.*\})$/.test(line)));
      }),
      { numRuns: 100 },
    );
  });

  test('each annotation is one line, and nothing else is a command', () => {
    fc.assert(
      fc.property(anything, (findings) => {
        const lines = renderGithubAnnotations(findings).split('\n').slice(0, -1);
        assert.equal(lines.length, findings.length);
        for (const line of lines)
          assert.match(line, /^::(?:error|warning|notice) file=[^,:]*,line=\d+,col=\d+,title=VMS\d+ \w+::\P{Cc}*$/u);
      }),
    );
  });
});
