import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { portClashes, portName, wholePorts } from '../../src/core/port-names.ts';
import { type PortText, parsePort, portNotation, protocols } from '../../src/core/port-notation.ts';
import { propertyOptions } from '../support/arbitraries.ts';

/** What the notation of one port, alone, comes to. */
function read(text: string): string {
  const parsed = parsePort(text);
  return 'problem' in parsed ? parsed.problem : wholePorts([parsed.port]).map(portNotation).join();
}

test('a port is read in every form, and gets the name that is usual for it', () => {
  const forms = [
    '80',
    '443',
    '22',
    '53',
    '53/UDP',
    '53/udp',
    '9000',
    '9000:80/SCTP',
    'http=80:8080',
    'http=80:8080/TCP',
    'a-1=8080',
    ' 80 ',
  ];
  assert.deepEqual(
    forms.map((text) => [text, read(text)]),
    [
      ['80', 'http=80'],
      ['443', 'https=443'],
      ['22', 'ssh=22'],
      ['53', 'dns=53'],
      ['53/UDP', 'dns=53/UDP'],
      ['53/udp', 'dns=53/UDP'],
      ['9000', 'tcp-9000=9000'],
      ['9000:80/SCTP', 'sctp-9000=9000:80/SCTP'],
      ['http=80:8080', 'http=80:8080'],
      ['http=80:8080/TCP', 'http=80:8080'],
      ['a-1=8080', 'a-1=8080'],
      [' 80 ', 'http=80'],
    ],
  );
});

test('what is wrong with a port is said in one sentence', () => {
  const form = 'must be [NAME=]PORT[:TARGET][/PROTO], as in http=80:8080/TCP';
  const name = (text: string) =>
    `name ${JSON.stringify(text)} must have lower-case letters, digits and '-' only, a letter or digit at both ends, and at most 63 characters`;
  const long = 'a'.repeat(64);
  const wrong: readonly (readonly [text: string, sentence: string])[] = [
    ['', form],
    ['http', form],
    ['80:81:82', form],
    ['-80', form],
    ['8e1', form],
    ['80.5', form],
    ['99999:80', 'port must be between 1 and 65535'],
    ['0', 'port must be between 1 and 65535'],
    ['80:0', 'target port must be between 1 and 65535'],
    ['80:65536', 'target port must be between 1 and 65535'],
    ['80:', 'the target port is missing, as in 80:8080'],
    ['80:http', 'target port "http" must be a number: VMs have no named ports'],
    ['80/icmp', 'protocol must be one of TCP, UDP, SCTP'],
    ['80/', 'protocol must be one of TCP, UDP, SCTP'],
    ['=80', 'the name before = is empty'],
    ['Web=80', name('Web')],
    ['a.b=80', name('a.b')],
    ['-a=80', name('-a')],
    [`${long}=80`, name(long)],
  ];
  assert.deepEqual(
    wrong.map(([text]) => [text, read(text)]),
    wrong,
  );
});

const port: fc.Arbitrary<PortText> = fc.record({
  name: fc.option(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/), { nil: undefined }),
  protocol: fc.option(fc.constantFrom(...protocols), { nil: undefined }),
  port: fc.integer({ min: 1, max: 65535 }),
  targetPort: fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined }),
});
const ports = fc.uniqueArray(port, { selector: ({ protocol = 'TCP', port: number }) => `${protocol} ${number}`, maxLength: 8 });

test('what the notation says is read back as it was, and ports of any kind get names of their own', () => {
  fc.assert(
    fc.property(ports, (some) => {
      const whole = wholePorts(some);
      for (const one of whole) assert.deepEqual(wholePorts([portOf(portNotation(one))]), [one]);
      const named = some.flatMap(({ name }) => name ?? []);
      if (new Set(named).size === named.length && !named.some((name) => /^(tcp|udp|sctp)-\d+$/.test(name)))
        assert.deepEqual(portClashes(whole), []);
      assert.deepEqual(
        whole.map(({ port: number, targetPort }) => [number, targetPort]),
        some.map(({ port: number, targetPort = number }) => [number, targetPort]),
      );
    }),
    propertyOptions(300),
  );
});

test('a usual name that is taken gives way to one with the number, and one that somebody wrote never does', () => {
  const names = (texts: readonly string[]) => wholePorts(texts.map(portOf)).map(({ name }) => name);
  assert.deepEqual(names(['53', '53/UDP']), ['dns', 'udp-53']);
  assert.deepEqual(names(['80', 'http=8080']), ['tcp-80', 'http']);
  assert.equal(portName('SCTP', 80, new Set()), 'sctp-80');
  assert.deepEqual(portClashes(wholePorts(['a=80', 'a=81', 'b=80'].map(portOf))), [
    'the port name "a" is there twice: each port needs a name of its own',
    'port 80/TCP is there twice: a port can be given once for each protocol',
  ]);
});

function portOf(text: string): PortText {
  const parsed = parsePort(text);
  assert.ok('port' in parsed, text);
  return parsed.port;
}
