import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normaliseArgv } from '../../src/cli/argv.ts';
import { commandLine } from '../../src/cli/create/command-line.ts';
import { type CreateRequest, createRequest } from '../../src/cli/create/create-request.ts';
import { isWhole } from '../../src/cli/create/derive-plan.ts';
import { globalOptions } from '../../src/cli/global-options.ts';
import { parseCommand } from '../../src/cli/program-parser.ts';
import type { CommandInput } from '../../src/cli/spec.ts';
import { createCommand } from '../../src/cli/specs/create.ts';
import { propertyOptions } from '../support/arbitraries.ts';

function parsed(words: readonly string[]): CommandInput {
  return parseCommand(createCommand, normaliseArgv(words, [...createCommand.options, ...globalOptions]));
}

/** As a shell takes the lines apart. */
function shellWords(lines: readonly string[]): readonly (readonly string[])[] {
  const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\n\\0'\n`).join('');
  const words = execFileSync('sh', ['-s'], { input: script, encoding: 'utf8' });
  return words
    .split('\0\n\0')
    .slice(0, -1)
    .map((line) => line.split('\0'));
}

/** The options that say what the printed line says in other words, or that make it be printed. */
const folded = [
  ...['type', 'port', 'selector', 'from', 'from-selector', 'label-vm', 'name', 'tcp', 'udp', 'target-port', 'protocol', 'port-name'],
  ...['external-name', 'interactive', 'yes', 'kustomize'],
];

const ports = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/),
    port: fc.integer({ min: 1, max: 65_535 }),
    target: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
    protocol: fc.constantFrom('', '/TCP', '/udp', '/Sctp'),
  }),
  { minLength: 1, maxLength: 4, selector: ({ name }) => name },
);
const pair = fc
  .tuple(
    fc.stringMatching(/^([a-z]{1,5}\.io\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?$/),
    fc.stringMatching(/^([A-Za-z0-9]([\w.-]{0,5}[A-Za-z0-9])?)?$/),
  )
  .map(([key, value]) => `${key}=${value}`);
const pairs = fc.uniqueArray(pair, { minLength: 1, maxLength: 3, selector: (text) => text.split('=', 1)[0] ?? '' });
const vms = fc
  .uniqueArray(fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,6}[a-z0-9])?$/), { minLength: 1, maxLength: 3 })
  .filter((names) => names.every((name) => !name.includes('..') && !/[.-]{2}/.test(name)));
const selection = fc.oneof(
  pairs.map((labels) => [`--selector=${labels.join(',')}`]),
  fc
    .tuple(vms, fc.option(pairs, { nil: [] }))
    .map(([names, labels]) => [`--from=vm/${names.join(',vm/')}`, ...labels.map((label) => `--label-vm=${label}`)]),
  fc.constantFrom('app=web', 'app in (web, db),!x', "tier!='a'", '$(reboot)', 'a>1').map((query) => ['-l', query]),
);
/** What a person may write in an annotation. */
const text = fc
  .oneof(fc.string({ maxLength: 12 }), fc.constantFrom("it's", '$HOME `id`', 'a\\b "c"', '*?[x]~#!', 'ä 漢 🙂', '--yes', ''))
  .filter((value) => /^[^\p{C}\p{Z}]*( [^\p{C}\p{Z}]+)*$/u.test(value));
const extras = fc.record({
  annotation: fc.option(
    text.map((value) => [`--annotation=note=${value}`]),
    { nil: [] },
  ),
  label: fc.option(
    pairs.map((labels) => [`--label=${labels.join(',')}`]),
    { nil: [] },
  ),
  ranges: fc.constantFrom([], ['--source-range=10.0.0.0/8,fd00::/8'], ['--source-range=10.0.0.0/8', '--source-range=192.168.0.0/16']),
  policy: fc.constantFrom([], ['--external-traffic-policy=cluster'], ['--external-traffic-policy=Local', '--health-check-node-port=30100']),
  families: fc.constantFrom([], ['--ip-family=ipv6'], ['--ip-family=IPv4,IPv6', '--ip-family-policy=requiredualstack']),
  address: fc.constantFrom([], ['--load-balancer-ip=10.1.2.3'], ['--cluster-ip=10.96.0.9']),
  others: fc.subarray([
    '--save-config',
    '--field-manager=it is me',
    '--validate=warn',
    '--dry-run',
    '--provider=nsx',
    '--release=9.1',
    '-ojsonpath={.metadata.name}{"\\n"}',
    '--allow-missing-template-keys=false',
    "--context=it's",
    '--as=a b',
    '--as-group=x',
    '--as-group=y',
  ]),
});

const line = fc
  .record({ name: fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/), ports, selection, extras })
  .map(({ name, ports, selection, extras }) => [
    'create',
    name,
    '--type=loadbalancer',
    ...ports.map(({ name, port, target, protocol }) => `--port=${name}=${port}${target === undefined ? '' : `:${target}`}${protocol}`),
    ...selection,
    ...Object.values(extras).flat(),
  ]);

describe('the command line that is printed after the questions', () => {
  const printed: { readonly input: CommandInput; readonly request: CreateRequest; readonly line: string }[] = [];
  fc.assert(
    fc.property(line, (words) => {
      const input = parsed(words);
      let request: CreateRequest;
      try {
        request = createRequest(input);
      } catch {
        // Two ports with the same number, for one: it would never have come to a line.
        return;
      }
      assert.ok(isWhole(request));
      const line = commandLine(request, 'team-a', input, true);
      assert.ok(line !== undefined, words.join(' '));
      printed.push({ input, request, line });
    }),
    propertyOptions(300),
  );
  const again = shellWords(printed.map(({ line }) => line));

  test('asks for the same service, whatever shell words it is made of', () => {
    assert.ok(printed.length > 200);
    assert.equal(again.length, printed.length);
    for (const [at, { request, line }] of printed.entries())
      assert.deepEqual(createRequest(parsed(again[at]?.slice(2) ?? [])), request, line);
  });

  test('leaves out no option that was given', () => {
    const names = [...createCommand.options, ...globalOptions].map(({ name }) => name).filter((name) => !folded.includes(name));
    for (const [at, { input, line }] of printed.entries()) {
      const { flags } = parsed(again[at]?.slice(2) ?? []);
      for (const name of names) if (name !== 'namespace') assert.deepEqual(flags.list(name), input.flags.list(name), `${name} of ${line}`);
    }
  });
});
