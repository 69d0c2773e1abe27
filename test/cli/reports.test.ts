import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CliError } from '../../src/cli/errors.ts';
import { flagsOf } from '../../src/cli/flags.ts';
import { printReports, type Report } from '../../src/cli/print-reports.ts';
import { reportOutputs } from '../../src/cli/report-outputs.ts';
import type { OptionSpec } from '../../src/cli/spec.ts';
import type { FormatName } from '../../src/render/output-format.ts';
import { junitProblems, sarifProblems } from '../support/report-schemas.ts';
import { testIo } from '../support/test-io.ts';

const options: readonly OptionSpec[] = [
  { name: 'output', short: 'o', kind: 'list', text: '' },
  { name: 'template', kind: 'text', text: '' },
  { name: 'allow-missing-template-keys', kind: 'boolean', fallback: 'true', text: '' },
  { name: 'no-headers', kind: 'boolean', fallback: 'false', text: '' },
];
const allowed: readonly FormatName[] = ['json', 'yaml', 'sarif', 'junit', 'tap', 'github', 'jsonpath'];

function flags(values: readonly string[]) {
  return flagsOf(new Map(values.length === 0 ? [] : [['output', values]]), options, 'validate');
}

const text = { kind: 'table', wide: false } as const;

describe('-o, several times', () => {
  const cases: readonly (readonly [values: readonly string[], outputs: ReturnType<typeof reportOutputs>])[] = [
    [[], { stdout: text, files: [] }],
    [['json'], { stdout: { kind: 'json' }, files: [] }],
    [['sarif=a b.sarif'], { stdout: text, files: [{ format: 'sarif', name: 'a b.sarif' }] }],
    [['json=-'], { stdout: { kind: 'json' }, files: [] }],
    [
      ['sarif=out/x.sarif', 'tap', 'junit=r=1.xml'],
      {
        stdout: { kind: 'tap' },
        files: [
          { format: 'sarif', name: 'out/x.sarif' },
          { format: 'junit', name: 'r=1.xml' },
        ],
      },
    ],
    [
      ['jsonpath={.kind}', 'json=x.json'],
      { stdout: { kind: 'jsonpath', template: '{.kind}' }, files: [{ format: 'json', name: 'x.json' }] },
    ],
  ];
  for (const [values, outputs] of cases) {
    test(`${values.map((value) => `-o ${value}`).join(' ') || 'none'} is understood`, () => {
      assert.deepEqual(reportOutputs(flags(values), allowed, 'validate'), outputs);
    });
  }

  const see = ["See 'kubectl vmsvc validate -h' for help and examples"];
  const wrong: readonly (readonly [values: readonly string[], message: string])[] = [
    [['json', 'yaml'], '-o "json" and -o "yaml" would both be printed: one of them must go to a file, as -o FORMAT=FILE'],
    [['sarif='], '-o "sarif=": there must be a file behind the ='],
    [['sarif=x', 'json=x'], '-o writes two reports to "x"'],
    [
      ['xml=x'],
      'unable to match a printer suitable for the output format "xml=x", allowed formats are: github,json,jsonpath,junit,sarif,tap,yaml',
    ],
    [
      ['name'],
      'unable to match a printer suitable for the output format "name", allowed formats are: github,json,jsonpath,junit,sarif,tap,yaml',
    ],
  ];
  for (const [values, message] of wrong) {
    test(`${values.join(' ')} is a usage error`, () => {
      assert.throws(() => reportOutputs(flags(values), allowed, 'validate'), new CliError(message, { exitCode: 2, hint: see }));
    });
  }

  test('a format that this command does not have is none with a file either', () => {
    assert.throws(() => reportOutputs(flags(['tap=x']), ['json', 'sarif'], 'debug'), CliError);
  });
});

describe('reports that are printed and written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-reports-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const web = { kind: 'VirtualMachineService', name: 'web', namespace: 'prod' };
  const report: Report = {
    checked: {
      command: 'validate',
      objects: [{ object: web }],
      findings: [
        {
          code: 'VMS101',
          severity: 'error',
          confidence: 'certain',
          object: web,
          message: 'spec.type: Required value',
          evidence: [],
          fix: [],
          follows: [],
        },
      ],
      families: ['VMS1'],
      unknown: [],
      failOn: 'error',
    },
    document: { apiVersion: 'vmsvc/v1', kind: 'ValidationReport', findings: [] },
    rows: [],
    text: () => 'for people\n',
  };

  async function print(values: readonly string[], cwd: string) {
    const io = testIo([], { cwd });
    const given = flags(values);
    const code = await printReports(report, reportOutputs(given, allowed, 'validate'), given, io);
    return { code, out: io.out(), err: io.err() };
  }

  test('each file holds its format, and stdout the text', async () => {
    const cwd = mkdtempSync(join(folder, 'f-'));
    const names = ['json', 'yaml', 'sarif', 'junit', 'tap', 'github'];
    assert.deepEqual(
      await print(
        names.map((name) => `${name}=${name}.out`),
        cwd,
      ),
      { code: 0, out: 'for people\n', err: '' },
    );
    const contents = new Map(names.map((name) => [name, readFileSync(join(cwd, `${name}.out`), 'utf8')]));
    for (const name of names) assert.equal((await print([name], cwd)).out, contents.get(name), `-o ${name} prints the same`);
    assert.deepEqual(JSON.parse(contents.get('json') ?? ''), report.document);
    assert.equal(contents.get('yaml'), 'apiVersion: vmsvc/v1\nkind: ValidationReport\nfindings: []\n');
    assert.deepEqual(sarifProblems(contents.get('sarif') ?? ''), []);
    assert.deepEqual(await junitProblems(contents.get('junit') ?? ''), []);
    assert.match(contents.get('tap') ?? '', /^TAP version 14\n1\.\.1\nnot ok 1 - /);
    assert.match(contents.get('github') ?? '', /^::error title=VMS101 RequiredFieldMissing::/);
    assert.deepEqual(readdirSync(cwd).sort(), names.map((name) => `${name}.out`).sort());
  });

  test('a file that cannot be written is said, and the others are written all the same', async () => {
    const cwd = mkdtempSync(join(folder, 'f-'));
    assert.deepEqual(await print(['sarif=no/such.sarif', 'tap=x.tap', 'jsonpath={.kind}'], cwd), {
      code: 3,
      out: 'ValidationReport',
      err: 'error: -o sarif="no/such.sarif": its folder does not exist\n',
    });
    assert.deepEqual(readdirSync(cwd), ['x.tap']);
  });
});
