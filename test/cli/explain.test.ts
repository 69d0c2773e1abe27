import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normaliseArgv } from '../../src/cli/argv.ts';
import { globalOptions } from '../../src/cli/global-options.ts';
import { commands } from '../../src/cli/program.ts';
import { parseCommand } from '../../src/cli/program-parser.ts';
import { run } from '../../src/cli/run.ts';
import { catalogue } from '../../src/core/catalogue/catalogue.ts';
import { findingCodes } from '../../src/core/finding-family.ts';
import { assertGolden } from '../support/golden.ts';
import { type TestIoOptions, testIo } from '../support/test-io.ts';

async function explain(words: readonly string[], options: TestIoOptions = {}) {
  const io = testIo(['explain', ...words], options);
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

const golden = (name: string) => new URL(`explain/${name}.txt`, import.meta.url);

describe('explain', () => {
  test('one code: what it is, how grave, what is read, what to do', async () => {
    const { code, out, err } = await explain(['VMS202']);
    assert.deepEqual([code, err], [0, '']);
    assertGolden(golden('VMS202'), out);
  });

  test('the same article, however the code is written, and once however often', async () => {
    const { out } = await explain(['VMS202']);
    for (const words of [['202'], ['vms202'], ['SelectorNearMiss'], ['selectornearmiss'], ['VMS202', '202'], ['VMS202 SelectorNearMiss']]) {
      assert.deepEqual(await explain(words), { code: 0, out, err: '' }, words.join(' '));
    }
  });

  test('several codes stand apart, in the order given, with the note about commands once', async () => {
    const { code, out } = await explain(['VMS508', 'VMS312']);
    assert.equal(code, 0);
    assertGolden(golden('several'), out);
  });

  test('on a terminal the lines fit, and colours have four meanings', async () => {
    const { out } = await explain(['VMS202', '--color=always'], { tty: { stdout: true }, columns: 60 });
    assertGolden(golden('narrow-coloured'), out.replaceAll('\u001b', '^['));
  });

  test('without a code, a line for each', async () => {
    const { code, out, err } = await explain([]);
    assert.deepEqual([code, err], [0, '']);
    assertGolden(golden('all'), out);
    assert.equal(out.trimEnd().split('\n').length, findingCodes.length + 1);
  });

  test('a family is listed; --no-headers leaves the headers out', async () => {
    const { out } = await explain(['VMS8', '--no-headers']);
    assert.deepEqual(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/\s+/, 2)[0]),
      findingCodes.filter((code) => code.startsWith('VMS8')),
    );
  });

  test('-o name', async () => {
    assert.deepEqual(await explain(['114', '301', '-o', 'name']), { code: 0, out: 'VMS114\nVMS301\n', err: '' });
  });

  test('-o json holds all that the text says', async () => {
    const { out } = await explain(['VMS114', '-o', 'json']);
    const { toolVersion, ...rest } = JSON.parse(out);
    assert.equal(toolVersion, '0.1.0');
    const { see, fix, ...article } = catalogue.VMS114;
    assert.deepEqual(rest, {
      apiVersion: 'vmsvc/v1',
      kind: 'CodeList',
      items: [
        {
          code: 'VMS114',
          reason: 'EmptySelectorMatchesAll',
          family: 'Spec and admission',
          ...article,
          fix: fix.map(({ text, run: command }) => ({ text, command })),
          seeAlso: see,
        },
      ],
    });
  });

  test('-o jsonpath and custom-columns', async () => {
    const path = ['-o', 'jsonpath={range .items[*]}{.code} {.levels[0].severity}{"\\n"}{end}'];
    assert.equal((await explain(['112', '601', ...path])).out, 'VMS112 error\nVMS601 info\n');
    const columns = ['-o', 'custom-columns=CODE:.code,WORD:.reason'];
    assert.equal((await explain(['601', ...columns])).out, 'CODE     WORD\nVMS601   AddressPending\n');
  });

  test('every command of this tool that an article names exists, with its options', () => {
    const lines = findingCodes.flatMap((code) =>
      catalogue[code].fix.flatMap(({ run: line }) => (line?.startsWith('kubectl vmsvc ') === true ? [line] : [])),
    );
    assert.ok(lines.length > 30);
    for (const line of lines) {
      const words = line.split(' ').slice(2);
      const command = commands.find(({ name }) => name === words[0]);
      assert.ok(command !== undefined, line);
      parseCommand(command, normaliseArgv(words, [...command.options, ...globalOptions]));
    }
  });

  const wrong: readonly (readonly [words: readonly string[], err: string])[] = [
    [
      ['VMS919'],
      'error: there is no code "VMS919"\n\nDid you mean this?\n\tVMS918 CredentialsExpired\n\tVMS917 NamespaceTerminating\n\tVMS916 UpgradeInProgress\n' +
        "\tVMS915 ControllerStuck\n\tVMS914 ClockSkew\n\n'kubectl vmsvc explain' lists all codes\n",
    ],
    [
      ['VMS3O1'],
      'error: there is no code "VMS3O1"\n\nDid you mean this?\n\tVMS301 VirtualMachineHasNoAddress\n\tVMS302 NetworkInterfaceNotReady\n' +
        "\tVMS303 GuestTookNoAddress\n\tVMS304 PrimaryAddressAmbiguous\n\tVMS305 AddressFamilyMismatch\n\n'kubectl vmsvc explain' lists all codes\n",
    ],
    [['VMS101', 'no-such'], 'error: there is no code "no-such"\n\'kubectl vmsvc explain\' lists all codes\n'],
    [['\u001b[31m'], 'error: there is no code "\\u001b[31m"\n\'kubectl vmsvc explain\' lists all codes\n'],
    [
      ['VMS101', '-o', 'sarif'],
      'error: unable to match a printer suitable for the output format "sarif", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,yaml\n' +
        "See 'kubectl vmsvc explain -h' for help and examples\n",
    ],
  ];
  for (const [words, err] of wrong) {
    test(`explain ${JSON.stringify(words.join(' '))} is a usage error, and nothing is printed`, async () => {
      assert.deepEqual(await explain(words), { code: 2, out: '', err });
    });
  }
});
