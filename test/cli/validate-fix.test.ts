import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { sarifProblems } from '../support/report-schemas.ts';
import { type TestIoOptions, testIo } from '../support/test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-fix-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function aFolder(files: Readonly<Record<string, string>>): string {
  const at = mkdtempSync(join(folder, 'f-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), text);
  return at;
}

async function validate(words: readonly string[], cwd: string, options: TestIoOptions = {}) {
  const io = testIo(['validate', ...words], { ...options, cwd });
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

const head = 'apiVersion: vmoperator.vmware.com/v1alpha5\nkind: VirtualMachineService\n';
const wrong = `${head}metadata: {name: web}\nspec:\n  type: ClusterIP # inside\n  selector: {app: web}\n  ports:\n  - {name: http, port: 80, targetPort: 80, protocol: tcp}\n`;
const right = wrong.replace('tcp', 'TCP');
const total = '1 file, 1 object (1 VirtualMachineService): no error. Checked as release 9.1 (v1alpha5).\n';
const unseen = 'Selectors were not looked at: there is no VirtualMachine in the input.\n';
const line = 'mended VMS103 PortInvalid in VirtualMachineService/web: spec.ports[0].protocol: TCP\n';

describe('validate --fix', () => {
  test('prints what is mended on stdout, and what it did on stderr', async () => {
    const cwd = aFolder({ 'web.yaml': wrong });
    assert.deepEqual(await validate(['-f', 'web.yaml', '--fix'], cwd), { code: 0, out: right, err: `web.yaml: ${line}${total}${unseen}` });
    assert.equal(readFileSync(join(cwd, 'web.yaml'), 'utf8'), wrong);
  });

  test('reads stdin, and its output can be read again, to which there is nothing to add', async () => {
    const { out } = await validate(['-f', '-', '--fix'], folder, { stdin: wrong });
    assert.equal(out, right);
    assert.deepEqual(await validate(['-f', '-', '--fix', '-q'], folder, { stdin: out }), { code: 0, out, err: `${total}${unseen}` });
  });

  test('--write changes the file and nothing else about it: mode, link, line ends, byte order mark', async () => {
    const cwd = aFolder({});
    mkdirSync(join(cwd, 'real'));
    const path = join(cwd, 'real/web.yaml');
    writeFileSync(path, `\ufeff${wrong.replaceAll('\n', '\r\n')}`);
    chmodSync(path, 0o640);
    symlinkSync('real/web.yaml', join(cwd, 'web.yaml'));
    assert.deepEqual(await validate(['-f', 'web.yaml', '--fix', '--write'], cwd), {
      code: 0,
      out: `web.yaml: ${line}${total}${unseen}`,
      err: '',
    });
    assert.equal(readFileSync(path, 'utf8'), `\ufeff${right.replaceAll('\n', '\r\n')}`);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    assert.deepEqual([readdirSync(cwd).sort(), readdirSync(join(cwd, 'real'))], [['real', 'web.yaml'], ['web.yaml']]);
  });

  test('--write leaves a file alone that somebody changed meanwhile, and one that was named twice is written once', async () => {
    const cwd = aFolder({ 'a.yaml': wrong, 'b.yaml': wrong.replace('name: web', 'name: other') });
    const io = testIo(['validate', '-f', 'a.yaml', '-f', './b.yaml', '-f', 'b.yaml', '--fix', '--write', '--fail-on=never'], { cwd });
    const code = await run({
      ...io,
      now: () => {
        writeFileSync(join(cwd, 'a.yaml'), `# mine\n${wrong}`);
        return io.now();
      },
    });
    assert.deepEqual(
      [code, io.err()],
      [
        3,
        'error: --write "a.yaml": somebody changed it meanwhile; it was not written; run again\n' +
          'warning: VirtualMachineService/other is there twice (./b.yaml:1, b.yaml:1): kubectl create would fail at the second, kubectl apply would keep the last\n',
      ],
    );
    assert.doesNotMatch(io.out(), /^a\.yaml: mended/m);
    assert.equal(readFileSync(join(cwd, 'a.yaml'), 'utf8'), `# mine\n${wrong}`);
    assert.equal(readFileSync(join(cwd, 'b.yaml'), 'utf8'), right.replace('name: web', 'name: other'));
  });

  test('--write leaves a read-only file as it is, also for root, who could write it', async () => {
    const cwd = aFolder({ 'web.yaml': wrong });
    chmodSync(join(cwd, 'web.yaml'), 0o444);
    assert.deepEqual(await validate(['-f', 'web.yaml', '--fix', '--write', '-q', '--fail-on=never'], cwd), {
      code: 3,
      out: (await validate(['-f', 'web.yaml', '-q', '--fail-on=never'], cwd)).out.replace(/^\d+ can be mended.*\n/m, ''),
      err: 'error: --write "web.yaml": it is read-only; it was not written; chmod u+w allows it\n',
    });
    assert.equal(readFileSync(join(cwd, 'web.yaml'), 'utf8'), wrong);
    assert.deepEqual(readdirSync(cwd), ['web.yaml']);
  });

  test('--fix takes a slash too many out of apiVersion', async () => {
    const text = right.replace('v1alpha5', 'v1alpha3/x');
    assert.equal(
      (await validate(['-f', '-', '--fix', '--release=9.1'], folder, { stdin: text })).out,
      right.replace('v1alpha5', 'v1alpha3'),
    );
  });

  test('the name that is advised for a port without one is the name that --fix writes', async () => {
    const text = `${head}metadata: {name: web}\nspec:\n  type: ClusterIP\n  selector: {app: web}\n  ports:\n${[
      '{protocol: TCP, port: 80, targetPort: 80}',
      '{protocol: UDP, port: 53, targetPort: 53}',
      '{protocol: TCP, port: 9000, targetPort: 9000}',
      '{protocol: TCP, port: 443, targetPort: 443}',
      '{name: https, protocol: TCP, port: 8443, targetPort: 8443}',
    ]
      .map((port) => `  - ${port}\n`)
      .join('')}`;
    const { out } = await validate(['-f', '-', '-o', 'json'], folder, { stdin: text });
    const advised = [...out.matchAll(/add \\"name: ([^"\\]*)\\"/g)].map(([, name]) => name);
    const { out: fixed } = await validate(['-f', '-', '--fix'], folder, { stdin: text });
    const written = [...fixed.matchAll(/- \{name: ([^,]*), protocol: \w+, port: \d+/g)].map(([, name]) => name);
    assert.deepEqual(
      [advised, written],
      [
        ['http', 'dns', 'tcp-9000', 'tcp-443'],
        ['http', 'dns', 'tcp-9000', 'tcp-443', 'https'],
      ],
    );
  });

  test('a key that is there twice with one value is there once, with all comments; with two values it stays', async () => {
    const twice = `${head}metadata: {name: web, name: web}\nspec:\n  type: ClusterIP # a\n  # b\n  "type": ClusterIP # c\n  selector: {app: web}\n  selector:\n    app: web # again\n  ports:\n  - {name: http, protocol: tcp, port: 80, targetPort: 80, port: 80}\n`;
    const once = `${head}metadata: {name: web}\nspec:\n  type: ClusterIP # a\n  # b\n  # c\n  selector: {app: web}\n  # again\n  ports:\n  - {name: http, protocol: TCP, port: 80, targetPort: 80}\n`;
    const gone = (field: string, at: number) =>
      `stdin: mended VMS117 KeyDuplicated: ${field} on line ${at} removed: it is there already, with the same value\n`;
    const { code, out, err } = await validate(['-f', '-', '--fix'], folder, { stdin: twice });
    assert.deepEqual([code, out], [0, once]);
    assert.equal(
      err,
      `${gone('metadata.name', 3)}${gone('spec.type', 7)}${gone('spec.selector', 9)}${gone('spec.ports[0].port', 12)}stdin: ${line}${total}${unseen}`,
    );
    const twoTypes = right.replace('  selector', '  type: LoadBalancer\n  selector');
    assert.deepEqual((await validate(['-f', '-', '--fix', '-q'], folder, { stdin: twoTypes })).out, twoTypes);
  });

  test('a key that is there twice in JSON goes as well, and digits that no number holds are told apart', async () => {
    const json = (twice: string) =>
      `{"apiVersion": "vmoperator.vmware.com/v1alpha5", "kind": "VirtualMachineService", "metadata": {"name": "web"},\n "spec": {"type": "ClusterIP", ${twice}"selector": {"app": "web"},\n  "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": 80}]}}\n`;
    const fixed = async (stdin: string) => (await validate(['-f', '-', '--fix', '-q'], folder, { stdin })).out;
    assert.equal(await fixed(json('"type": "ClusterIP", ')), json(''));
    const digits = json('"x": 12345678901234567890, "x": 12345678901234567891, ');
    assert.equal(await fixed(digits), digits);
    const { out } = await validate(['-f', '-'], folder, { stdin: digits });
    assert.match(out, /key "x" is there twice, first on line 2\n {4}fix: remove one of the two: the last one counts\n/);
  });

  test('a key that is many times there is taken out each time', async () => {
    const text = right
      .replace('{name: web}', '{name: web, name: web, name: web}')
      .replace('  type', '  type: ClusterIP\n  type: ClusterIP\n  type');
    assert.equal(
      (await validate(['-f', '-', '--fix', '-q'], folder, { stdin: text })).out,
      right.replace(' # inside', '').replace('ClusterIP', 'ClusterIP\n  # inside'),
    );
  });

  test('lists of metadata that are one entry, and a number in them, do not hide what else there is', async () => {
    const metadata = `metadata:\n  name: web\n  finalizers: example.com/hold\n  ownerReferences:\n    apiVersion: v1\n    kind: ConfigMap\n    name: a\n    uid: 12\n`;
    const text = wrong.replace('metadata: {name: web}\n', metadata);
    const { out } = await validate(['-f', '-'], folder, { stdin: text });
    assert.deepEqual(out.match(/^stdin.*/gm), [
      'stdin:5:15: error VMS115 FieldInvalid: metadata.finalizers must be a list of texts, not text',
      'stdin:7:5: error VMS115 FieldInvalid: metadata.ownerReferences must be a list of mappings, not a mapping',
      'stdin:15:54: error VMS103 PortInvalid: spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
    ]);
    const mended = `metadata:\n  name: web\n  finalizers: [example.com/hold]\n  ownerReferences:\n    - apiVersion: v1\n      kind: ConfigMap\n      name: a\n      uid: "12"\n`;
    assert.deepEqual(await validate(['-f', '-', '--fix'], folder, { stdin: text }).then(({ code, out: fixed }) => [code, fixed]), [
      0,
      right.replace('metadata: {name: web}\n', mended),
    ]);
  });

  test('what only a LoadBalancer has is advised to be removed of others, and to be an annotation there', async () => {
    const fixOf = async (type: string) => {
      const stdin = right.replace('ClusterIP', type).replace('  selector', '  externalTrafficPolicy: Local\n  selector');
      return /VMS102.*\n {4}fix: (.*)/.exec((await validate(['-f', '-'], folder, { stdin })).out)?.[1];
    };
    assert.equal(await fixOf('ClusterIP'), 'remove it: only a LoadBalancer has one');
    assert.equal(
      await fixOf('LoadBalancer'),
      'use the annotation virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy',
    );
  });

  test('a port where the list of them belongs is told of in words that lead to a list', async () => {
    const text = wrong.replace('  - {name: http, port: 80, targetPort: 80, protocol: tcp}', '    {port: 80}');
    const { code, out } = await validate(['-f', '-'], folder, { stdin: text });
    assert.deepEqual(
      [code, out.split('\n').slice(0, 4)],
      [
        1,
        [
          'stdin:8:5: error VMS115 FieldInvalid: spec.ports must be a list',
          '    fix: write a list: [{name: http, protocol: TCP, port: 80, targetPort: 8080}]',
          'stdin:8:6: error VMS102 UnknownField: spec.ports.port is not a field here: kubectl refuses it, other clients drop it silently',
          '    fix: write spec.ports as a list',
        ],
      ],
    );
  });

  test('of what stands in a value of a wrong type nothing is said but that', async () => {
    const said = async (from: string, to: string) =>
      (await validate(['-f', '-'], folder, { stdin: right.replace(from, to) })).out.match(/^stdin\S+ (?:error|warning) .*/gm);
    assert.deepEqual(await said('{name: http, port: 80, targetPort: 80, protocol: TCP}', '80'), [
      'stdin:8:5: error VMS115 FieldInvalid: spec.ports[0] must be a mapping',
    ]);
    assert.deepEqual(await said(right.slice(right.indexOf('spec:')), 'spec: web\n'), [
      'stdin:4:7: error VMS115 FieldInvalid: spec must be a mapping',
    ]);
  });

  const withSpec = (spec: string): string => `${head}metadata: {name: web}\nspec:\n${spec}`;
  const ports = '  ports:\n  - {name: http, protocol: TCP, port: 80, targetPort: 80}\n';
  const answers: readonly (readonly [what: string, wrong: string, right: string, words?: readonly string[]])[] = [
    [
      'a port that is there twice is there once, with the comments of both',
      `  type: ClusterIP\n  ports:\n  # first\n  - name: http\n    protocol: TCP\n    port: 80\n    targetPort: 80\n  # second\n  - port: 80 # again\n    targetPort: 80\n    name: http\n    protocol: TCP\n  # last\n  - {name: dns, protocol: UDP, port: 53, targetPort: 53}\n`,
      `  type: ClusterIP\n  ports:\n  # first\n  - name: http\n    protocol: TCP\n    port: 80\n    targetPort: 80\n  # second\n  # again\n  # last\n  - {name: dns, protocol: UDP, port: 53, targetPort: 53}\n`,
    ],
    [
      'a port where the list of them belongs, and what is wrong in it',
      '  type: ClusterIP\n  ports: # one\n    # web\n    name: http # n\n\n    # number\n    port: "80"\n    protocol: tcp\n    targetPort: http # t\n  # end\n',
      '  type: ClusterIP\n  ports: # one\n    # web\n    - name: http # n\n\n      # number\n      port: 80\n      protocol: TCP\n      targetPort: 80 # t\n  # end\n',
    ],
    [
      'the same in braces, with fields of a Service',
      '  type: ClusterIP\n  ports: {port: 80, nodePort: 30080} # one\n',
      '  type: ClusterIP\n  ports: [{name: http, port: 80, protocol: TCP, targetPort: 80}] # one\n',
    ],
    [
      'a port three times in brackets, one of them by its anchor',
      '  type: ClusterIP\n  ports: [&p {name: a, protocol: TCP, port: 1, targetPort: 1}, *p, {name: a, protocol: TCP, port: 1, targetPort: 1}]\n',
      '  type: ClusterIP\n  ports: [&p {name: a, protocol: TCP, port: 1, targetPort: 1}]\n',
    ],
    [
      'a port of a Service without what no packet depends on',
      '  type: ClusterIP\n  ports:\n  - {name: http, protocol: TCP, port: 80, targetPort: 80, appProtocol: http}\n',
      `  type: ClusterIP\n${ports}`,
    ],
    [
      'an unknown field that says what the known one says, and one that says nothing',
      `  type: ClusterIP\n  Selector: {app: web}\n  loadBalancerClass: null\n  selector: {app: web}\n${ports}`,
      `  type: ClusterIP\n  selector: {app: web}\n${ports}`,
    ],
    [
      'an ExternalName without the address and the families of a Service',
      '  type: ExternalName\n  externalName: db.example.test\n  clusterIp: 10.96.0.7\n  ipFamilies: [IPv4]\n  ipFamilyPolicy: SingleStack\n',
      '  type: ExternalName\n  externalName: db.example.test\n',
      ['--release=main'],
    ],
    [
      'families that may not be asked for, where they are what there is anyway',
      `  type: ClusterIP\n  ipFamilies: [IPv4]\n  ipFamilyPolicy: SingleStack\n${ports}`,
      `  type: ClusterIP\n${ports}`,
      ['--release=main'],
    ],
    [
      'families in a list that were written as text',
      `  type: ClusterIP\n  ipFamilies: ipv6, IPv4 # both\n  ipFamilyPolicy: PreferDualStack\n${ports}`,
      `  type: ClusterIP\n  ipFamilies: [IPv6, IPv4] # both\n  ipFamilyPolicy: PreferDualStack\n${ports}`,
      ['--release=main', '--capability=supports_workload_ipv6=true'],
    ],
    [
      'brackets in any column',
      '  type: ClusterIP\n  ports: [\n  { # one\n  name: http, protocol: tcp, port: "80",\ntargetPort: 80 }\n]\n',
      '  type: ClusterIP\n  ports: [\n  { # one\n  name: http, protocol: TCP, port: 80,\ntargetPort: 80 }\n]\n',
    ],
    [
      'families and their policy in the letters of the API',
      `  type: ClusterIP\n  ipFamilies: [ipv4, IPV6]\n  ipFamilyPolicy: preferdualstack\n${ports}`,
      `  type: ClusterIP\n  ipFamilies: [IPv4, IPv6]\n  ipFamilyPolicy: PreferDualStack\n${ports}`,
      ['--release=main', '--capability=supports_workload_ipv6=true'],
    ],
  ];
  for (const [what, before, after, words = []] of answers) {
    test(`--fix leaves ${what}`, async () => {
      const version = words.length === 0 ? 'v1alpha5' : 'v1alpha6';
      const texts = [before, after].map((spec) => withSpec(spec).replace('v1alpha5', version));
      const once = await validate(['-f', '-', '--fix', '-q', ...words], folder, { stdin: texts[0] ?? '' });
      assert.deepEqual([once.code, once.out], [0, texts[1]], once.err);
      assert.equal((await validate(['-f', '-', '--fix', '-q', ...words], folder, { stdin: once.out })).out, once.out);
    });
  }

  test('--fix keeps the policy of a LoadBalancer, in whatever letters the type is written', async () => {
    const stdin = withSpec(`  type: loadbalancer\n  externalTrafficPolicy: Local\n${ports}`);
    const annotations = '{virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy: Local}';
    assert.equal(
      (await validate(['-f', '-', '--fix', '-q'], folder, { stdin })).out,
      withSpec(`  type: LoadBalancer\n${ports}`).replace('name: web', `name: web, annotations: ${annotations}`),
    );
  });

  test('what could not be changed and is gone with something else is not told of', async () => {
    const before = withSpec(
      '  type: ClusterIP\n  selector: {app: web}\n  ports:\n  - &a {name: a, protocol: tcp, port: 1, targetPort: 1}\n  - *a\n',
    );
    const { code, out, err } = await validate(['-f', '-', '--fix', '-q'], folder, { stdin: before });
    assert.deepEqual([code, out, err], [0, before.replace('tcp', 'TCP').replace('  - *a\n', ''), `${total}${unseen}`]);
  });

  test('--fix does the same in JSON', async () => {
    const port = { name: 'a', protocol: 'TCP', port: 1, targetPort: 1 };
    const object = (list: readonly object[]) => ({
      apiVersion: 'vmoperator.vmware.com/v1alpha5',
      kind: 'VirtualMachineService',
      metadata: { name: 'web' },
      spec: { type: 'ClusterIP', ports: list },
    });
    const other = { name: 'b', protocol: 'UDP', port: 1, targetPort: 1 };
    const stdin = `${JSON.stringify(object([port, port, other, other, port]), null, 2)}\n`;
    const { code, out, err } = await validate(['-f', '-', '--fix', '-q'], folder, { stdin });
    assert.deepEqual([code, out], [0, `${JSON.stringify(object([port, other]), null, 2)}\n`], err);
  });

  test('--fix leaves two ports that differ to their owner, and says why', async () => {
    const spec =
      '  type: ClusterIP\n  selector: {app: web}\n  clusterIP: 10.96.0.8\n  clusterIp: 10.96.0.9\n  ports:\n  - {name: a, protocol: TCP, port: 80, targetPort: 80}\n  - {name: b, protocol: TCP, port: 80, targetPort: 81}\n  - {name: a, protocol: TCP, port: 0, targetPort: 81}\n';
    assert.deepEqual(await validate(['-f', '-', '--fix'], folder, { stdin: withSpec(spec) }), {
      code: 1,
      out: withSpec(spec),
      err: `stdin:7:3: error VMS102 UnknownField: spec.clusterIP is not a field here: kubectl refuses it, other clients drop it silently
    fix: the field is called clusterIp
stdin:11:5: error VMS103 PortInvalid: spec.ports[1]: Duplicate value: {"name":"","protocol":"TCP","port":80,"targetPort":0}
    fix: remove one of the two, or change its port or protocol
stdin:12:12: error VMS103 PortInvalid: spec.ports[2].name: Duplicate value: "a"
    fix: give each port a name of its own
stdin:12:36: error VMS103 PortInvalid: spec.ports[2].port: Invalid value: 0: must be between 1 and 65535, inclusive
    fix: use a number from 1 to 65535

1 file, 1 object (1 VirtualMachineService): 4 errors. Checked as release 9.1 (v1alpha5).
4 errors are left that have no single right answer: 3 can be mended in more than one way (VMS103); 1 asks for something that would get lost (VMS102). What to write stands with each.
${unseen}`,
    });
  });

  test('counted is what --fix mends: not what stands elsewhere, too; in a long file it is not tried', async () => {
    const shared = `${wrong}---\n${wrong.replace('type: ClusterIP', 'type: &t clusterip').replace('{app: web}', '{app: web, type: *t}')}`;
    const cwd = aFolder({
      'a.yaml': shared,
      'tagged.yaml': wrong.replace('tcp', '!!str tcp'),
      'long.yaml': `${wrong}#${'-'.repeat(2 ** 18)}\n`,
    });
    const hint = async (file: string): Promise<string | undefined> =>
      (await validate(['-f', file], cwd)).out.split('\n').find((line) => line.includes(' can be mended: '));
    const rest = (file: string): string => `can be mended: kubectl vmsvc validate -f ${file} --fix   (prints; --write changes the files)`;
    assert.equal(await hint('a.yaml'), `2 ${rest('a.yaml')}`);
    const { out, err } = await validate(['-f', 'a.yaml', '--fix'], cwd);
    assert.equal(out, shared.replaceAll('tcp', 'TCP'));
    assert.match(err, /\n1 more has one right answer, but cannot be mended without changing what stands elsewhere, too\.\n/);
    assert.equal(await hint('tagged.yaml'), `1 ${rest('tagged.yaml')}`);
    assert.equal((await validate(['-f', 'tagged.yaml', '--fix'], cwd)).out, wrong.replace('tcp', '!!str TCP'));
    assert.equal(await hint('long.yaml'), `up to 1 ${rest('long.yaml')}`);
  });

  test('--write writes only the files in which something was mended', async () => {
    const cwd = aFolder({
      'a.yaml': wrong,
      'b.yaml': right.replace('name: web', 'name: other'),
      'c.yaml': 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: c}\n',
    });
    const before = statSync(join(cwd, 'b.yaml')).ino;
    const { code, out } = await validate(['-f', '.', '--fix', '--write', '-q'], cwd);
    assert.deepEqual(
      [code, out.split('\n')[0]],
      [0, '3 files, 3 objects (2 VirtualMachineServices): no error. Checked as release 9.1 (v1alpha5).'],
    );
    assert.equal(readFileSync(join(cwd, 'a.yaml'), 'utf8'), right);
    assert.equal(statSync(join(cwd, 'b.yaml')).ino, before);
  });

  test('what was mended is in the document, and the exit code is that of what is left', async () => {
    const cwd = aFolder({ 'web.yaml': wrong.replace('port: 80', 'port: 0') });
    const { code, out, err } = await validate(['-f', 'web.yaml', '--fix', '--write', '-o', 'json'], cwd);
    const { findings, mended, unmended } = JSON.parse(out);
    assert.deepEqual(unmended, [{ why: 'SeveralWays', count: 1, codes: ['VMS103'] }]);
    assert.deepEqual([code, err, findings.map((finding: { code: string }) => finding.code)], [1, '', ['VMS103']]);
    assert.deepEqual(mended, [
      {
        code: 'VMS103',
        reason: 'PortInvalid',
        object: 'VirtualMachineService/web',
        namespace: null,
        field: 'spec.ports[0].protocol',
        file: 'web.yaml',
        edits: ['spec.ports[0].protocol: TCP'],
      },
    ]);
  });

  test('what is left out by flags or annotation is left as it is', async () => {
    const cwd = aFolder({ 'web.yaml': wrong });
    assert.equal((await validate(['-f', 'web.yaml', '--fix', '--ignore=VMS103'], cwd)).out, wrong);
    const suppressed = wrong.replace('{name: web}', '{name: web, annotations: {vmsvc/ignore-VMS103: "until June"}}');
    writeFileSync(join(cwd, 'web.yaml'), suppressed);
    assert.equal((await validate(['-f', 'web.yaml', '--fix'], cwd)).out, suppressed);
  });

  test('a document that cannot be read is printed as it is, told, and does not keep the others back', async () => {
    const cwd = aFolder({ 'web.yaml': `${wrong}---\na: [1\n` });
    const { code, out, err } = await validate(['-f', 'web.yaml', '--fix', '-q'], cwd);
    assert.deepEqual([code, out], [1, `${right}---\na: [1\n`]);
    assert.match(err, /^web\.yaml:11:1: error VMS116 ManifestUnreadable: /);
  });

  test('a file that is not there is said, and the others are mended', async () => {
    const cwd = aFolder({ 'web.yaml': wrong });
    const { code, out, err } = await validate(['-f', 'no.yaml', '-f', 'web.yaml', '--fix', '-q'], cwd);
    assert.deepEqual([code, out], [3, right]);
    assert.match(err, /no\.yaml: no such file or directory/);
  });

  test('texts are separated where they are not already', async () => {
    const cwd = aFolder({ 'a.yaml': right.trimEnd(), 'b.yaml': `# other\n---\n${right.replace('name: web', 'name: b')}` });
    assert.equal(
      (await validate(['-f', 'a.yaml', '-f', 'b.yaml', '-f', 'a.yaml', '--fix'], cwd)).out,
      `${right}# other\n---\n${right.replace('name: web', 'name: b')}---\n${right.trimEnd()}`,
    );
  });

  test('what a terminal would act on is shown there, and passed on to a pipe', async () => {
    const cwd = aFolder({ 'web.yaml': `${right}# \u202e\tmirrored\r\n---\n: \u001b[31m [\n` });
    const text = readFileSync(join(cwd, 'web.yaml'), 'utf8');
    assert.equal((await validate(['-f', 'web.yaml', '--fix'], cwd)).out, text);
    const { out } = await validate(['-f', 'web.yaml', '--fix'], cwd, { tty: { stdout: true } });
    assert.equal(out, `${right}# \\u202e\tmirrored\n---\n: ^[[31m [\n`);
  });

  test('a report goes to a file beside it', async () => {
    const cwd = aFolder({ 'web.yaml': wrong });
    const { out } = await validate(['-f', 'web.yaml', '--fix', '-o', 'json=report.json'], cwd);
    assert.equal(out, right);
    assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')).findings, []);
  });

  const see = "See 'kubectl vmsvc validate -h' for help and examples\n";
  const refused: readonly (readonly [words: string, message: string])[] = [
    ['-f web.yaml --write', '--write goes with --fix'],
    ['--fix', '--fix mends files: name them with -f'],
    ['web --fix', '--fix mends files: name them with -f'],
    ['-f - --fix --write', '--write cannot write to stdin: without --write the manifests are printed'],
    [
      '-f https://example.test/web.yaml --fix --write',
      '--write cannot write to "https://example.test/web.yaml": without --write the manifests are printed',
    ],
    ['-k . --fix --write', '--write changes files, and what a kustomization makes is none'],
    [
      '-f web.yaml --fix -o yaml',
      '--fix prints the manifests: let the report go to a file, as -o FORMAT=FILE, or write the manifests, with --write',
    ],
  ];
  for (const [words, message] of refused) {
    test(`${words} is a usage error`, async () => {
      assert.deepEqual(await validate(words.split(' '), aFolder({ 'web.yaml': wrong })), {
        code: 2,
        out: '',
        err: `error: ${message}\n${see}`,
      });
    });
  }
});

describe('validate in every format', () => {
  const cwd = aFolder({ 'right.yaml': right, 'wrong.yaml': wrong });
  for (const format of ['json', 'yaml', 'sarif', 'junit', 'tap', 'github', 'jsonpath={.kind}', 'sarif=x.sarif']) {
    test(`exits the same with -o ${format}`, async () => {
      const codes = await Promise.all(['right.yaml', 'wrong.yaml', 'none.yaml'].map((file) => validate(['-f', file, '-o', format], cwd)));
      assert.deepEqual(
        codes.map(({ code }) => code),
        [0, 1, 3],
      );
    });
  }
});

describe('validate -o sarif', () => {
  test('has the edits that take out keys that are there twice with one value, and none for two values', async () => {
    const text = right
      .replace('{name: web}', '{name: web, name: web}')
      .replace('  selector', '  clusterIp: None\n  clusterIp: ""\n  selector');
    const cwd = aFolder({ 'web.yaml': text.replace('port: 80,', 'port: 80, port: 80,') });
    const { out } = await validate(['-f', 'web.yaml', '-o', 'sarif', '--min-severity=error'], cwd);
    assert.deepEqual(sarifProblems(out), []);
    const { results } = JSON.parse(out).runs[0];
    const edits = results.map(({ ruleId, fixes = [] }: { ruleId: string; fixes?: { artifactChanges: { replacements: object[] }[] }[] }) => [
      ruleId,
      ...fixes.flatMap(({ artifactChanges }) => artifactChanges.flatMap(({ replacements }) => replacements)),
    ]);
    assert.deepEqual(edits, [
      ['VMS117', { deletedRegion: { startLine: 3, startColumn: 21, endLine: 3, endColumn: 32 } }],
      ['VMS117'],
      ['VMS117', { deletedRegion: { startLine: 10, startColumn: 28, endLine: 10, endColumn: 38 } }],
    ]);
  });

  test('has the edit that mends a finding, in the places of the file', async () => {
    const cwd = aFolder({ 'web.yaml': wrong.replace('  type: ClusterIP # inside\n', '') });
    const { out } = await validate(['-f', 'web.yaml', '-o', 'sarif'], cwd);
    assert.deepEqual(sarifProblems(out), []);
    const { results } = JSON.parse(out).runs[0];
    assert.deepEqual(
      results.map(
        ({
          ruleId,
          locations,
          fixes,
        }: {
          ruleId: string;
          locations: { physicalLocation: { region: object } }[];
          fixes: { artifactChanges: { replacements: object[] }[] }[];
        }) => [ruleId, locations[0]?.physicalLocation.region, fixes[0]?.artifactChanges[0]?.replacements],
      ),
      [
        [
          'VMS101',
          { startLine: 4, startColumn: 1, endColumn: 5 },
          [{ deletedRegion: { startLine: 5, startColumn: 3, endLine: 5, endColumn: 3 }, insertedContent: { text: 'type: ClusterIP\n  ' } }],
        ],
        [
          'VMS103',
          { startLine: 7, startColumn: 54, endColumn: 57 },
          [{ deletedRegion: { startLine: 7, startColumn: 54, endLine: 7, endColumn: 57 }, insertedContent: { text: 'TCP' } }],
        ],
      ],
    );
  });
});
