import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../../src/cli/run.ts';
import { createCommand } from '../../../src/cli/specs/create.ts';
import { testIo } from '../../support/test-io.ts';

const help = "See 'kubectl vmsvc create -h' for help and examples\n";
const good = ['web', '--type=LoadBalancer', '--port=80', '--selector=app=web'];

/** What a command line says before anything is asked of a server. */
async function refusal(...words: readonly string[]): Promise<string> {
  const io = testIo(['create', ...words]);
  assert.equal(await run(io), 2, io.err());
  assert.equal(io.out(), '');
  return io.err();
}

const label =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const key =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const policy = 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy';
const becomes =
  "it becomes that of a Service, which begins with a letter, has lower-case letters, digits and '-', and at most 63 characters";

/** Of one option the values that it cannot have, beside a command line that is good without it. */
const wrong: readonly (readonly [words: readonly string[], sentence: string])[] = [
  [['--name=Web', ...good.slice(1)], `"Web" cannot be the name: ${becomes}; "web" can`],
  [['1web', ...good.slice(1)], `"1web" cannot be the name: ${becomes}; "svc-1web" can`],
  [['web.a', ...good.slice(1)], `"web.a" cannot be the name: ${becomes}; "web-a" can`],
  [['w'.repeat(64), ...good.slice(1)], `"${'w'.repeat(64)}" cannot be the name: ${becomes}; "${'w'.repeat(63)}" can`],
  [['42', ...good.slice(1)], `"42" cannot be the name: ${becomes}; "svc-42" can`],
  [['db', ...good], 'one service at a time, not "db" and "web"'],
  [['--name=db', ...good], 'one service at a time, not "web" and "db"'],
  [['pod/web', ...good], 'create knows vm and vmservice, not "pod"'],
  [[...good, '--type=NodePort'], '--type "NodePort": VM Operator has no node ports; LoadBalancer reaches the VMs from outside'],
  [[...good, '--type=lb'], '--type "lb": must be LoadBalancer or ClusterIP'],
  [['--port=99999:80', ...good], '--port "99999:80": port must be between 1 and 65535'],
  [['--port=443,https', ...good], '--port "https": must be [NAME=]PORT[:TARGET][/PROTO], as in http=80:8080/TCP'],
  [['--port=a=81', '--port=a=82', ...good], 'the port name "a" is there twice: each port needs a name of its own'],
  [['--port=web=80', ...good], 'port 80/TCP is there twice: a port can be given once for each protocol'],
  [['--tcp=53/UDP', ...good], '--tcp "53/UDP": it is a TCP port, not UDP'],
  [['--udp=x', ...good], '--udp "x": must be [NAME=]PORT[:TARGET][/PROTO], as in http=80:8080/TCP'],
  [['--target-port=http', ...good], '--target-port "http": target port "http" must be a number: VMs have no named ports'],
  [['--target-port=0', ...good], '--target-port "0": target port must be between 1 and 65535'],
  [['--target-port=8080', '--port=81', ...good], '--target-port: goes with one --port; write several as --port=NAME=PORT:TARGET/PROTO'],
  [['--target-port=8080', 'web', '--type=ClusterIP', '--port=80:81', '--selector=a=b'], '--target-port "8080": --port says it already'],
  [['--protocol=icmp', ...good], '--protocol "icmp": protocol must be one of TCP, UDP, SCTP'],
  [['--protocol=UDP', 'web', '--type=ClusterIP', '--port=80/TCP', '--selector=a=b'], '--protocol "UDP": --port says it already'],
  [
    ['--port-name=Web', ...good],
    `--port-name "Web": name "Web" must have lower-case letters, digits and '-' only, a letter or digit at both ends, and at most 63 characters`,
  ],
  [['--port-name=', ...good], '--port-name "": the name is empty'],
  [['--selector=app!=web', ...good], '--selector "app!=web": only KEY=VALUE can be said here: the API has no !=, in, notin or exists'],
  [
    ['--selector=app in (a,b)', ...good],
    '--selector "app in (a,b)": only KEY=VALUE can be said here: the API has no !=, in, notin or exists',
  ],
  [['--selector=app', ...good], '--selector "app": "app" must be KEY=VALUE'],
  [['--selector=', ...good.slice(0, 3)], '--selector "": must be KEY=VALUE, as in app=web'],
  [['--selector=app=web,', ...good.slice(0, 3)], '--selector "app=web,": must be KEY=VALUE, as in app=web'],
  [['--selector=app=db', ...good], '--selector "app=web": app cannot be db and web at once'],
  [['--selector=-app=web', ...good], `--selector "-app=web": key "-app": ${key}`],
  [['--selector=tier=a b', ...good], `--selector "tier=a b": value "a b": ${label}`],
  [['--selector==web', ...good], `--selector "=web": key "": name part must be non-empty\nerror: --selector "=web": key "": ${key}`],
  [['--from=vm/web-1', ...good], '--selector says which labels, --from and -l which VMs: give one of them'],
  [['-l', 'app=web', ...good], '--selector says which labels, --from and -l which VMs: give one of them'],
  [['--from=vm/web-1', '-l', 'app=web', ...good.slice(0, 3)], '--from names the VMs, -l looks for them: give one of them'],
  [['-l', '', ...good.slice(0, 3)], '-l "": must be a label query, as in app=web; an empty one would find every VM'],
  [['--from=svc/web', ...good.slice(0, 3)], '--from "svc/web": must be vm/NAME, several separated by commas'],
  [['--from=vm/a,,vm/b', ...good.slice(0, 3)], '--from "vm/a,,vm/b": must be vm/NAME, several separated by commas'],
  [['--from=vm/Web', ...good.slice(0, 3)], `"Web" cannot be the name of a VM: names have lower-case letters, digits, '-' and '.'`],
  [['--label-vm=a=b', ...good], '--label-vm labels the VMs of --from=vm/NAME or -l, and there are none'],
  [['--label-vm=a', '--from=vm/web-1', ...good.slice(0, 3)], '--label-vm "a": "a" must be KEY=VALUE'],
  [
    ['--label-vm=capv.vmware.com/cluster.role=node', '--from=vm/web-1', ...good.slice(0, 3)],
    '--label-vm capv.vmware.com/cluster.role: the controllers of workload clusters put this label on their machines, and nobody else does',
  ],
  [['--label=a=b c', ...good], `--label "a=b c": value "b c": ${label}`],
  [['--annotation=note', ...good], '--annotation "note": must be KEY=VALUE'],
  [['--annotation=-a=b', ...good], `--annotation "-a=b": key "-a": ${key}`],
  [['--source-range=10.1.1.1', ...good], '--source-range "10.1.1.1": must be a CIDR: 10.1.1.1/32 is this one address'],
  [['--source-range=fd00::1', ...good], '--source-range "fd00::1": must be a CIDR: fd00::1/128 is this one address'],
  [['--source-range=10.0.0.0/33', ...good], '--source-range "10.0.0.0/33": must be a CIDR, as in 10.0.0.0/8'],
  [['--source-range=10.0.0.0/8,all', ...good], '--source-range "all": must be a CIDR, as in 10.0.0.0/8'],
  [['--source-range=010.0.0.0/8', ...good], '--source-range "010.0.0.0/8": must be a CIDR, as in 10.0.0.0/8'],
  [['--cluster-ip=10.96.0', ...good], '--cluster-ip "10.96.0": must be an IP address, as in 10.96.0.10, or None'],
  [['--cluster-ip=none', ...good], '--cluster-ip None goes with --type=ClusterIP: a load balancer needs a cluster IP'],
  [['--ip-family=ipv5', ...good], '--ip-family "ipv5": must be IPv4 or IPv6'],
  [['--ip-family=IPv4,ipv4', '--ip-family-policy=RequireDualStack', ...good], '--ip-family: each family can be given once'],
  [['--ip-family=IPv4,IPv6', ...good], 'two values of --ip-family need --ip-family-policy=PreferDualStack or RequireDualStack'],
  [['--ip-family-policy=Dual', ...good], '--ip-family-policy "Dual": must be one of SingleStack, PreferDualStack, RequireDualStack'],
  [['--external-traffic-policy=Node', ...good], '--external-traffic-policy "Node": must be one of Local, Cluster'],
  [['--health-check-node-port=30000', ...good], '--health-check-node-port goes with --external-traffic-policy=Local'],
  [
    ['--health-check-node-port=70000', '--external-traffic-policy=local', ...good],
    '--health-check-node-port "70000": must be between 1 and 65535',
  ],
  [['--load-balancer-ip=lb.example.com', ...good], '--load-balancer-ip "lb.example.com": must be an IP address, as in 10.1.2.3'],
  [['--load-balancer-ip=010.1.2.3', ...good], '--load-balancer-ip "010.1.2.3": must be an IP address, as in 10.1.2.3'],
  [['--load-balancer-ip=10.0.0.1', ...good, '--type=ClusterIP'], '--load-balancer-ip goes with --type=LoadBalancer'],
  [['--source-range=10.0.0.0/8', ...good, '--type=ClusterIP'], '--source-range goes with --type=LoadBalancer'],
  [['--external-traffic-policy=Local', ...good, '--type=ClusterIP'], '--external-traffic-policy goes with --type=LoadBalancer'],
  [['--dry-run=maybe', ...good], '--dry-run "maybe": must be one of none, client, server'],
  [['--validate=loose', ...good], '--validate "loose": must be one of strict, warn, ignore, true, false'],
  [['--wait=healthy', ...good], '--wait "healthy": must be one of address, endpoints'],
  [['--wait', '--dry-run', ...good], 'a dry run creates nothing that --wait could wait for'],
  [['--timeout=soon', ...good], '--timeout "soon": must be a time such as 30s, 5m or 1h30m'],
  [['--field-manager=', ...good], '--field-manager "": must have 1 to 128 characters that can be printed'],
  [['--field-manager=a\tb', ...good], '--field-manager "a\\tb": must have 1 to 128 characters that can be printed'],
  [['--field-manager=manager', ...good], '--field-manager "manager": VM Operator writes under that name, and is told from others by it'],
  [['--save-config=perhaps', ...good], '--save-config "perhaps": must be true or false'],
  [['-y=perhaps', ...good], '--yes "perhaps": must be true or false'],
  [['-i', ...good], '-i asks questions, and there is no terminal to ask them on'],
  [
    ['-f', 'web.yaml', ...good],
    'create makes an object of flags; kubectl create -f makes those of a file (-f and -k here go with --offline)',
  ],
  [['--offline', '-f', 'world.yaml', ...good], 'files cannot be written to: --offline and --bundle go with --dry-run=client'],
  [
    ['-o', 'wide', ...good],
    'unable to match a printer suitable for the output format "wide", allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,yaml',
  ],
  [['-o', 'go-template', ...good], 'template format specified but no template given'],
  [['--template=', '-o', 'go-template', ...good], 'template format specified but no template given'],
  [['--allow-missing-template-keys=perhaps', ...good], '--allow-missing-template-keys "perhaps": must be true or false'],
  [['--external-name=db.example.com', ...good], '--external-name goes with --type=ExternalName'],
  [['--annotation=note=1', '--annotation=note=2', ...good], '--annotation "note=2": note cannot be 1 and 2 at once'],
  [
    [`--annotation=${policy}=Cluster`, '--external-traffic-policy=Local', ...good],
    `--annotation ${policy}: cannot be Cluster and Local at once`,
  ],
  [
    ['-k', 'overlays', ...good],
    'create makes an object of flags; kubectl create -f makes those of a file (-f and -k here go with --offline)',
  ],
  [
    ['-k', 'overlays', '--offline', '--dry-run', ...good],
    'a kustomization may fetch its parts from elsewhere: kubectl kustomize DIR | kubectl vmsvc create --offline -f -',
  ],
  [['--timeout=1m', ...good], '--timeout says how long --wait waits: give both'],
  [['-R', ...good], '-R says how deep -f reads, which goes with --offline here: give all three'],
  [['-R=perhaps', ...good], '--recursive "perhaps": must be true or false'],
  [['--partial=perhaps', ...good], '--partial "perhaps": must be true or false'],
  [['--offline', '--dry-run', ...good], '--offline needs files: -f FILE'],
  [['--bundle=', '--dry-run', ...good], '--bundle "": must name a file that kubectl vmsvc bundle wrote'],
  [['--bundle=a.tgz', '--offline', '--dry-run', ...good], '--bundle and --offline: the cluster is the one or the other'],
  [['--release=10', ...good], '--release "10": must be one of auto, 8.0.1, 8.0.2, 8.0.3, 9.0, 9.1, main, A, B, C, D, E'],
  [['--provider=f5', ...good], '--provider "f5": must be one of auto, namespace, nsx, none'],
  [['--selektor=x', ...good], 'unknown flag: --selektor; did you mean --selector?'],
];

describe('before anything is asked', () => {
  for (const [words, sentence] of wrong) {
    test(`create ${words.filter((word) => !good.includes(word)).join(' ')}`, async () => {
      assert.equal(await refusal(...words), `error: ${sentence}\n${help}`);
    });
  }

  test('a template that cannot be read is refused before anything is asked', async () => {
    const io = testIo(['create', ...good, '-o', 'jsonpath={']);
    assert.deepEqual([await run(io), io.out(), io.err()], [2, '', 'error: error parsing jsonpath {, unclosed action\n']);
  });

  test('every option has a value here that it cannot have', () => {
    const tried = new Set(wrong.flatMap(([words]) => words.filter((word) => !good.includes(word)).map((word) => word.split('=', 1)[0])));
    // The server reads a label query, and a capability is asked about only where there is a server: those are tried with one.
    const elsewhere = ['from-selector', 'capability'];
    const untried = createCommand.options
      .filter(({ name, short }) => !tried.has(`--${name}`) && !tried.has(`-${short}`) && !elsewhere.includes(name))
      .map(({ name }) => name);
    assert.deepEqual(untried, []);
  });

  test('what is missing is named, all of it, with what it would look like', async () => {
    const rest = `  as in: kubectl vmsvc create web --type=LoadBalancer --port=80:8080 --selector=app=web\n  on a terminal they are asked for\n${help}`;
    assert.equal(await refusal(), `error: NAME, --type, --port, --selector or --from: these are missing\n${rest}`);
    assert.equal(await refusal('web', '--port=80', '--selector=app=web'), `error: --type: this is missing\n${rest}`);
    assert.equal(await refusal('vm/a', 'vm/b', '--type=ClusterIP', '--port=80'), `error: NAME: this is missing\n${rest}`);
    assert.equal(await refusal('web', '--type=ClusterIP', '--selector=app=web'), `error: --port: this is missing\n${rest}`);
  });

  test('several mistakes are several lines, equal ones one', async () => {
    assert.equal(
      await refusal('web', '--type=NodePort', '--port=0', '--port=0', '--selector=app'),
      `error: --selector "app": "app" must be KEY=VALUE
error: --type "NodePort": VM Operator has no node ports; LoadBalancer reaches the VMs from outside
error: --port "0": port must be between 1 and 65535
${help}`,
    );
  });

  test('ExternalName is answered with the core Service to make', async () => {
    assert.equal(
      await refusal('db', '--type=externalname', '--external-name=db.example.com', '-n', 'team-a'),
      `error: --type ExternalName: a name for another host has no VMs behind it; make a core Service
  kubectl create service externalname db --external-name=db.example.com -n team-a
`,
    );
    assert.equal(
      await refusal('--type=ExternalName'),
      `error: --type ExternalName: a name for another host has no VMs behind it; make a core Service
  kubectl create service externalname NAME --external-name=HOST
`,
    );
  });
});

describe('expose', () => {
  const exposeHelp = "See 'kubectl vmsvc expose -h' for help and examples\n";
  const missing = (words: string) =>
    `${words}\n  as in: kubectl vmsvc expose vm/web-1 --name=web --type=LoadBalancer --port=80:8080\n  on a terminal they are asked for\n`;
  const nameless = (word: string, form: string) => `${JSON.stringify(word)} says which type, and no name: write ${form}\n`;
  for (const [line, said] of [
    ['expose', missing('NAME, --type, --port, vm/NAME or --selector: these are missing')],
    ['expose vm/web-1 --type=ClusterIP', missing('--port: this is missing')],
    ['expose web --type=ClusterIP --port=80', missing('vm/NAME or --selector: this is missing')],
    ['expose vm --port=80', nameless('vm', 'vm/NAME')],
    [
      'expose VirtualMachines.v1alpha5.vmoperator.vmware.com --port=80',
      nameless('VirtualMachines.v1alpha5.vmoperator.vmware.com', 'vm/NAME'),
    ],
    ['expose vm/ --port=80', nameless('vm/', 'vm/NAME')],
    ['expose vmsvc --port=80 --selector=a=b', nameless('vmsvc', 'vmservice/NAME')],
    ['expose svc/web --port=80', 'expose knows vm and vmservice, not "svc"\n'],
    ['expose vm/web-1 --port=x', '--port "x": must be [NAME=]PORT[:TARGET][/PROTO], as in http=80:8080/TCP\n'],
    ['expose vm/web-1 --dry-run=maybe', '--dry-run "maybe": must be one of none, client, server\n'],
    ['expose vm/web-1 --prot=80', 'unknown flag: --prot; did you mean --port?\n'],
    ['expose vm/web-1 -o wide', `${wrong.find(([words]) => words.includes('wide'))?.[1]}\n`],
    ['expose -f web.yaml', 'expose makes an object of flags; kubectl create -f makes those of a file (-f and -k here go with --offline)\n'],
    ['expose vm/web-1 -i', '-i asks questions, and there is no terminal to ask them on\n'],
    ['expose vm/web-1 --timeout=soon', '--timeout "soon": must be a time such as 30s, 5m or 1h30m\n'],
    ['expose vm/web-1 --offline --dry-run --type=ClusterIP --port=80', '--offline needs files: -f FILE\n'],
  ] as const) {
    test(`${line}: what is wrong is said of expose`, async () => {
      const io = testIo(line.split(' '));
      assert.deepEqual([await run(io), io.out(), io.err()], [2, '', `error: ${said}${exposeHelp}`]);
    });
  }

  test('to create, a lone word is a name, as it is to kubectl create vmservice', async () => {
    const io = testIo('create vm --type=ClusterIP --port=80 --selector=a=b --dry-run -o name'.split(' '), { env: { HOME: '/nowhere' } });
    assert.equal(await run(io), 0);
    assert.equal(io.out(), 'virtualmachineservice.vmoperator.vmware.com/vm\n');
  });
});
