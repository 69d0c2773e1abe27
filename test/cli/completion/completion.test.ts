import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Completion, completionOf, completionText, type Wanted } from '../../../src/cli/completion/completion.ts';
import { completionScript } from '../../../src/cli/completion/completion-scripts.ts';
import { shells } from '../../../src/cli/completion/shells.ts';
import { globalOptions } from '../../../src/cli/global-options.ts';
import { commands } from '../../../src/cli/program.ts';
import { run } from '../../../src/cli/run.ts';
import type { CommandSpec, Completes } from '../../../src/cli/spec.ts';
import { testIo } from '../../support/test-io.ts';

/** The words of a command line up to the cursor; a blank at the end begins a new word. */
function wordsOf(line: string): string[] {
  return line.split(' ');
}

function of(line: string, specs: readonly CommandSpec[] = commands): Completion {
  return completionOf(wordsOf(line), specs, globalOptions);
}

/** What is offered, given what a lookup would find. */
function offered(completion: Completion, found: readonly string[] = []): readonly string[] | 'files' {
  if (completion.from === 'files') return 'files';
  if (completion.from === 'paths') return [`${completion.before}<files from ${JSON.stringify(completion.typed)}>`];
  const candidates = completion.from === 'words' ? completion.candidates : completion.candidates(found);
  return candidates.map(({ word }) => word);
}

function wanted(completion: Completion): Wanted | undefined {
  return completion.from === 'lookup' ? completion.wanted : undefined;
}

const statuses = ['OK', 'Degraded', 'Drift', 'Pending', 'NoAddress', 'NoEndpoints', 'NoVMs', 'NoService', 'Unknown', 'Deleting'];
const releases = ['8.0.1', '8.0.2', '8.0.3', '9.0', '9.1', 'main'];

describe('words that are known without asking anybody', () => {
  const cases: readonly (readonly [line: string, offered: readonly string[] | 'files'])[] = [
    // Commands.
    ['', [...commands.map(({ name }) => name), 'help']],
    ['desc', ['describe']],
    ['-n prod desc', ['describe']],
    ['--context supervisor -A desc', ['describe']],
    ['insp', ['inspect']],
    ['nothing-like-it', []],
    ['help desc', ['describe']],
    ['help describe ', []],
    ['no-such-command ', []],
    ['__comp', []],
    // Options.
    ['get --stat', ['--status']],
    ['get --no', ['--no-headers']],
    ['get --no-such', []],
    ['get --no-headers --no', []],
    ['get --status OK --stat', ['--status']],
    ['get -n prod --name', []],
    ['--conte', ['--context']],
    ['get --he', ['--help']],
    ['describe --show', ['--show-events=false']],
    ['reconcile --dry', ['--dry-run', '--dry-run=none', '--dry-run=client', '--dry-run=server']],
    ['get -o', ['-o']],
    ['get -x', []],
    ['get -Ao', []],
    // Values.
    ['version -o ', ['json', 'yaml']],
    ['version -o=', ['json', 'yaml']],
    ['version -oj', ['-ojson']],
    ['version --output=y', ['yaml']],
    ['version --output y', ['yaml']],
    ['describe -o m', ['mermaid']],
    ['get --status ', statuses],
    ['get --status No', ['NoAddress', 'NoEndpoints', 'NoVMs', 'NoService']],
    ['get --status OK,De', ['OK,Degraded', 'OK,Deleting']],
    ['get --status=NoVMs,No', ['NoVMs,NoAddress', 'NoVMs,NoEndpoints', 'NoVMs,NoService']],
    ['get --status NoVMs --status No', ['NoAddress', 'NoEndpoints', 'NoService']],
    ['vms --state N', ['NotReady', 'NotSelected']],
    ['get --release ', ['auto', ...releases]],
    ['sandbox --release 9', ['9.0', '9.1']],
    ['sandbox --controllers garbage-collector,no', ['garbage-collector,none']],
    ['get --color=', ['auto', 'always', 'never']],
    ['get --no-headers=', ['true', 'false']],
    ['get --provider n', ['namespace', 'nsx', 'none']],
    ['get --capability supports_w', ['supports_workload_ipv6=true', 'supports_workload_ipv6=false']],
    ['get --chunk-size ', []],
    ['get --no-such=', []],
    ['get --token ', []],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
    ['completion bash ', []],
    // Files.
    ['get -f ', 'files'],
    ['get -f a.yaml -f b', 'files'],
    ['get -fb', 'files'],
    ['get --filename=', 'files'],
    ['get --kubeconfig ', 'files'],
    ['sandbox --load ', 'files'],
    ['sandbox -- kube', 'files'],
    ['sandbox -- get --', 'files'],
    // Behind -- nothing is an option.
    ['completion -- ba', ['bash']],
    ['help -- desc', []],
    // What takes no words.
    ['version ', []],
    ['explain VMS31', ['VMS310', 'VMS311', 'VMS312', 'VMS313', 'VMS314']],
    ['explain VMS310 VMS31', ['VMS311', 'VMS312', 'VMS313', 'VMS314']],
    ['explain SelectorN', ['SelectorNearMiss']],
    ['explain VMS202 SelectorN', []],
    ['sandbox ', []],
    // What the writing commands, wait, events and debug know.
    ['create --type ', ['LoadBalancer', 'ClusterIP']],
    ['create --wait', ['--wait', '--wait=address', '--wait=endpoints']],
    ['create --ip-family IPv4,', ['IPv4,IPv6']],
    ['convert --to ', ['virtualmachineservice', 'service']],
    ['delete --cascade=', ['background', 'foreground']],
    ['delete --dry-run=', ['none', 'client', 'server']],
    ['wait --for=', ['address', 'endpoints', 'endpoints=all', 'reconciled', 'healthy', 'create', 'delete', 'jsonpath=', 'condition=']],
    ['wait --for endpoints=', ['endpoints=all']],
    ['wait --for=address,', []],
    ['wait --for=address --for=addr', []],
    ['wait --for=address --for en', ['endpoints', 'endpoints=all']],
    ['get --capability supports_workload_ipv6=true,', []],
    ['debug -o sarif,', []],
    ['events --types ', ['Normal', 'Warning', 'Condition', 'Change']],
    ['events --types Normal,C', ['Normal,Condition', 'Normal,Change']],
    ['events --for ', ['vmservice/', 'vm/', 'service/', 'endpoints/', 'endpointslice/']],
    ['events --for=e', ['endpoints/', 'endpointslice/']],
    ['events --for pod/', []],
    ['debug --probe=', ['auto', 'tcp', 'tls', 'app']],
    ['debug --from ', ['laptop', 'pod']],
    ['debug --rules VMS31', ['VMS310', 'VMS311', 'VMS312', 'VMS313', 'VMS314']],
    ['debug --rules=VMS310,SelectorN', ['VMS310,SelectorNearMiss']],
    ['validate --ignore SelectorN', ['SelectorNearMiss']],
    ['validate --fail-on ', ['error', 'warning', 'info', 'never']],
    ['validate --old ', 'files'],
    ['bundle -f ', 'files'],
    // Names mean nothing there.
    ['describe -A ', []],
    ['describe --offline -f world.yaml ', []],
    ['describe pod/', []],
    ['get vm/', []],
  ];
  for (const [line, words] of cases) {
    test(`kubectl vmsvc ${line}<TAB>`, () => {
      const completion = of(line);
      assert.deepEqual(
        { from: completion.from, offered: offered(completion) },
        { from: words === 'files' ? 'files' : 'words', offered: words },
      );
    });
  }

  for (const [line, before, typed] of [
    ['debug -o sarif=', 'sarif=', ''],
    ['debug -o json -o sarif=rep', 'sarif=', 'rep'],
    ['debug --output=sarif=out/rep', 'sarif=', 'out/rep'],
    ['debug -ojson=rep', '-ojson=', 'rep'],
    ['validate --output junit=', 'junit=', ''],
    ['get -o custom-columns-file=col', 'custom-columns-file=', 'col'],
    ['get -o jsonpath-file=', 'jsonpath-file=', ''],
  ] as const) {
    test(`kubectl vmsvc ${line}<TAB> offers files behind the format`, () => {
      assert.deepEqual(of(line), { from: 'paths', before, typed });
    });
  }

  test('a format that goes nowhere has no files behind it', () => {
    for (const line of ['get -o yaml=', 'debug -o jsonpath=', 'debug -o github=', 'get -o custom-columns=']) {
      assert.notEqual(of(line).from, 'paths', line);
    }
  });

  test('terms of a label query with brackets are left alone', () => {
    for (const query of ['tier in (a', 'tier in (a,b', 'app=web,tier notin (', 'tier in (a) ']) {
      assert.deepEqual(completionOf(['get', '-l', query], commands, globalOptions), of('version '), query);
    }
  });

  test('without any word the commands are offered', () => {
    assert.deepEqual(completionOf([], commands, globalOptions), of(''));
  });

  test('-- offers the options of the command and those of every command, - their letters as well', () => {
    const spec = commands.find(({ name }) => name === 'version');
    const long = [...(spec?.options ?? []), ...globalOptions].filter(({ name }) => name !== 'v');
    const plain = long.flatMap(({ name }) =>
      name === 'color' ? ['--color', '--color=auto', '--color=always', '--color=never'] : [`--${name}`],
    );
    assert.deepEqual(offered(of('version --')), [...plain, '--help']);
    const short = long.flatMap((option) => (option.short === undefined ? [] : [`-${option.short}`]));
    assert.deepEqual(offered(of('version -')), [...plain, '--help', ...short]);
  });

  test('commands and options come with a few words about them', () => {
    assert.deepEqual(of('desc'), {
      from: 'words',
      candidates: [{ word: 'describe', note: 'one object with its trace; vm/NAME traces backwards' }],
    });
    assert.deepEqual(of('get --name'), {
      from: 'words',
      candidates: [{ word: '--namespace', note: 'The namespace' }],
    });

    test('an option has a sentence, its spelt-out values have none; each value once', () => {
      const notes = (line: string) => {
        const completion = of(line);
        return completion.from === 'words' ? completion.candidates : [];
      };
      assert.deepEqual(notes('create --sel'), [
        { word: '--selector', note: 'KEY=VALUE,…: the labels of the VMs that are to receive traffic' },
      ]);
      assert.deepEqual(notes('create --prot'), [{ word: '--protocol', note: 'The protocol of the one --port' }]);
      assert.deepEqual(notes('create --val'), [
        { word: '--validate', note: 'What the server does with fields that it does not know' },
        { word: '--validate=strict' },
        { word: '--validate=warn' },
        { word: '--validate=ignore' },
      ]);
      assert.deepEqual(notes('wait --allow'), [{ word: '--allow-missing-template-keys=false' }]);
    });
  });
});

describe('words that have to be looked up', () => {
  const services: Wanted = { what: 'names', of: 'vmServices' };
  const vms: Wanted = { what: 'names', of: 'vms' };
  const found = ['web-2', 'db', 'web-1', 'web-1'];
  const cases: readonly (readonly [line: string, wanted: Wanted, found: readonly string[], offered: readonly string[]])[] = [
    ['get ', services, found, ['db', 'web-1', 'web-2']],
    ['get we', services, found, ['web-1', 'web-2']],
    ['get web-1 we', services, found, ['web-2']],
    ['get -- we', services, found, ['web-1', 'web-2']],
    ['get web-1 -n prod -- we', services, found, ['web-2']],
    ['get -- web-1 we', services, found, ['web-2']],
    ['get -- --out', services, found, []],
    ['get vmservice/we', services, found, ['vmservice/web-1', 'vmservice/web-2']],
    ['get virtualmachineservices.vmoperator.vmware.com/d', services, found, ['virtualmachineservices.vmoperator.vmware.com/db']],
    ['get vmservice we', services, found, ['web-1', 'web-2']],
    ['get -n prod -o json we', services, found, ['web-1', 'web-2']],
    ['-n prod get we', services, found, ['web-1', 'web-2']],
    ['get -A=false we', services, found, ['web-1', 'web-2']],
    ['describe ', services, found, ['db', 'web-1', 'web-2', 'vm/']],
    ['inspect d', services, found, ['db']],
    ['describe v', services, found, ['vm/']],
    ['describe vm/we', vms, found, ['vm/web-1', 'vm/web-2']],
    ['describe vm/web-1 vm/we', vms, found, ['vm/web-2']],
    ['describe vm we', vms, found, ['web-1', 'web-2']],
    ['reconcile --once we', services, found, ['web-1', 'web-2']],
    ['get -n ', { what: 'names', of: 'namespaces' }, ['prod', 'test'], ['prod', 'test']],
    ['get -np', { what: 'names', of: 'namespaces' }, ['prod', 'test'], ['-nprod']],
    ['get --namespace=p', { what: 'names', of: 'namespaces' }, ['prod', 'test'], ['prod']],
    ['--context ', { what: 'entries', of: 'contexts' }, ['b', 'a'], ['a', 'b']],
    ['get --cluster ', { what: 'entries', of: 'clusters' }, ['b', 'a'], ['a', 'b']],
    ['get --user ', { what: 'entries', of: 'users' }, ['alice@vsphere.local'], ['alice@vsphere.local']],
    ['get -l ', { what: 'labelKeys', of: 'vmServices' }, ['app', 'tier', 'app'], ['app=', 'tier=']],
    ['get -l !', { what: 'labelKeys', of: 'vmServices' }, ['app', 'tier'], ['!app', '!tier']],
    ['get -l app=web,t', { what: 'labelKeys', of: 'vmServices' }, ['app', 'tier'], ['app=web,tier=']],
    ['get -l app=', { what: 'labelValues', of: 'vmServices', key: 'app' }, ['web', 'db'], ['app=db', 'app=web']],
    ['get --selector=app==w', { what: 'labelValues', of: 'vmServices', key: 'app' }, ['web', 'db'], ['app==web']],
    ['get -l tier!=a,app!=w', { what: 'labelValues', of: 'vmServices', key: 'app' }, ['web', 'db'], ['tier!=a,app!=web']],
    ['events --for vm/we', vms, found, ['vm/web-1', 'vm/web-2']],
    ['events --for=svc/d', { what: 'names', of: 'services' }, found, ['svc/db']],
    ['events --for endpointslice/d', { what: 'names', of: 'endpointSlices' }, found, ['endpointslice/db']],
    ['create x --from vm/db,vm/w', vms, found, ['vm/db,vm/web-1', 'vm/db,vm/web-2']],
    ['create x --selector app=web,t', { what: 'labelKeys', of: 'vms' }, ['app', 'tier'], ['app=web,tier=']],
    ['create x --selector app=w', { what: 'labelValues', of: 'vms', key: 'app' }, ['web', 'db'], ['app=web']],
    ['create x -l app=w', { what: 'labelValues', of: 'vms', key: 'app' }, ['web', 'db'], ['app=web']],
    ['create x --label-vm ', { what: 'labelKeys', of: 'vms' }, ['app'], ['app=']],
    ['create x --label app=', { what: 'labelValues', of: 'vmServices', key: 'app' }, ['web'], ['app=web']],
    ['expose vm/we', vms, found, ['vm/web-1', 'vm/web-2']],
    ['delete -l app=', { what: 'labelValues', of: 'vmServices', key: 'app' }, ['web'], ['app=web']],
    ['delete web-1 we', services, found, ['web-2']],
    ['wait --for=address we', services, found, ['web-1', 'web-2']],
    ['bundle we', services, found, ['web-1', 'web-2']],
    ['debug --from-context ', { what: 'entries', of: 'contexts' }, ['b', 'a'], ['a', 'b']],
    ['get -L a', { what: 'labelKeys', of: 'vmServices' }, ['app', 'tier'], ['app']],
    ['get -L app,', { what: 'labelKeys', of: 'vmServices' }, ['app', 'tier'], ['app,tier']],
  ];
  for (const [line, need, names, words] of cases) {
    test(`kubectl vmsvc ${line}<TAB>`, () => {
      const completion = of(line);
      assert.deepEqual({ wanted: wanted(completion), offered: offered(completion, names) }, { wanted: need, offered: words });
    });
  }

  test('the options typed so far say where to look, by their long names and with their last words', () => {
    const completion = of('-nprod get --context=a --context b --kubeconfig ~/my.kubeconfig we');
    assert.deepEqual(completion.from === 'lookup' ? [...completion.given] : completion, [
      ['namespace', ['prod']],
      ['context', ['a', 'b']],
      ['kubeconfig', ['~/my.kubeconfig']],
    ]);
  });

  const aCommand = (completes: Completes, option: Completes): CommandSpec => ({
    name: 'play',
    aliases: [],
    group: 'More',
    summary: '',
    description: '',
    examples: [],
    argument: '',
    completes,
    options: [{ name: 'with', kind: 'list', completes: option, text: '' }],
    run: () => Promise.resolve(0),
  });

  test('a command that takes VMs alone gets them as vm/NAME, and no services', () => {
    const specs = [aCommand('vms', 'vms')];
    const lines = ['play ', 'play v', 'play vm/web-2', 'play vm ', 'play vm/web-1 ', 'play --with vm/db,vm/w'];
    assert.deepEqual(
      lines.map((line) => [wanted(of(line, specs)), offered(of(line, specs), found)]),
      [
        [vms, ['vm/db', 'vm/web-1', 'vm/web-2']],
        [vms, ['vm/db', 'vm/web-1', 'vm/web-2']],
        [vms, ['vm/web-2']],
        [vms, ['db', 'web-1', 'web-2']],
        [vms, ['vm/db', 'vm/web-2']],
        [vms, ['vm/db,vm/web-1', 'vm/db,vm/web-2']],
      ],
    );
    assert.deepEqual(
      [of('play web', specs), of('play vmservice/', specs)].map((completion) => offered(completion)),
      [[], []],
    );
  });

  test("the labels of VMs are VMs' labels", () => {
    const specs = [aCommand('vms', 'vmLabels')];
    assert.deepEqual(wanted(of('play --with app=', specs)), { what: 'labelValues', of: 'vms', key: 'app' });
    assert.deepEqual(wanted(of('play --with ', specs)), { what: 'labelKeys', of: 'vms' });
  });
});

describe('what is printed', () => {
  test('candidates, one a line with a tab before the note, and the directive', () => {
    assert.equal(completionText([{ word: 'web' }, { word: 'get', note: 'list them' }]), 'web\nget\tlist them\n:4\n');
    assert.equal(completionText([]), ':4\n');
    assert.equal(completionText('files'), ':0\n');
  });

  test('no blank comes behind what goes on', () => {
    assert.equal(completionText([{ word: 'vm/' }, { word: 'app=' }]), 'vm/\napp=\n:6\n');
    assert.equal(completionText([{ word: 'vm/' }, { word: 'web' }]), 'vm/\nweb\n:4\n');
  });
});

describe('kubectl vmsvc __complete', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-completion-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'kubeconfig'),
    `apiVersion: v1
kind: Config
current-context: b
contexts:
- {name: b, context: {cluster: one, user: alice, namespace: prod}}
- {name: a, context: {cluster: one, user: alice, namespace: test}}
- {name: c, context: {cluster: two, user: alice, namespace: elsewhere}}
- {name: "tab\\tline\\n", context: {cluster: two}}
clusters:
- {name: one, cluster: {server: "https://127.0.0.1:1"}}
- {name: two, cluster: {server: "https://127.0.0.1:1"}}
users:
- {name: alice, user: {token: x}}
`,
  );
  const env = { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder };

  async function completed(line: string, environment: Readonly<Record<string, string>> = env) {
    const io = testIo(['__complete', ...wordsOf(line)], { env: environment, cwd: folder });
    const code = await run(io);
    return { out: io.out(), err: io.err(), code };
  }
  const silently = (out: string) => ({ out, err: '', code: 0 });

  test('prints candidates and the directive', async () => {
    assert.deepEqual(await completed('vms --state St'), silently('Stale\n:4\n'));
    assert.deepEqual(await completed('get -f '), silently(':0\n'));
  });

  test('contexts, clusters and users come from the kubeconfig; a name that would break the lines is left out', async () => {
    assert.deepEqual(await completed('get --context '), silently('a\nb\nc\n:4\n'));
    assert.deepEqual(await completed('get --cluster '), silently('one\ntwo\n:4\n'));
    assert.deepEqual(await completed('get --user al'), silently('alice\n:4\n'));
    assert.deepEqual(await completed('get --kubeconfig ~/kubeconfig --user ', { HOME: folder }), silently('alice\n:4\n'));
  });

  test("where the cluster does not list namespaces, those of its contexts are offered, and no other cluster's", async () => {
    assert.deepEqual(await completed('get -n '), silently('prod\ntest\n:4\n'));
    assert.deepEqual(await completed('get --context c -n '), silently('elsewhere\n:4\n'));
  });

  test('whatever is wrong, it says nothing and ends well', async () => {
    assert.deepEqual(await completed('describe '), silently(':4\n'));
    assert.deepEqual(await completed('describe ', {}), silently(':4\n'));
    assert.deepEqual(await completed('describe --context no-such '), silently(':4\n'));
    assert.deepEqual(await completed('describe --request-timeout never '), silently(':4\n'));
    assert.deepEqual(await completed('describe -A=maybe '), silently(':4\n'));
    assert.deepEqual(await completed('get --kubeconfig no-such --context '), silently(':4\n'));
    assert.deepEqual(await completed('describe ', { ...env, KUBECTL_VMSVC_COMPLETION_TIMEOUT: '0' }), silently(':4\n'));
  });

  test('it is no command that help shows', async () => {
    const io = testIo(['--help']);
    await run(io);
    assert.doesNotMatch(io.out(), /__complete/);
  });
});

describe('kubectl vmsvc completion', () => {
  async function printed(...args: string[]) {
    const io = testIo(['completion', ...args]);
    const code = await run(io);
    return { out: io.out(), err: io.err(), code };
  }
  const help = "See 'kubectl vmsvc completion -h' for help and examples\n";

  test('prints the script of a shell', async () => {
    for (const shell of shells) assert.deepEqual(await printed(shell), { out: completionScript(shell), err: '', code: 0 });
  });

  test('names the shells that it knows', async () => {
    assert.deepEqual(await printed(), { out: '', err: `error: which shell? one of bash, zsh, fish, powershell\n${help}`, code: 2 });
    assert.deepEqual(await printed('tcsh'), {
      out: '',
      err: `error: there is no script for "tcsh": the shell must be one of bash, zsh, fish, powershell\n${help}`,
      code: 2,
    });
    assert.deepEqual(await printed('bash', 'zsh'), { out: '', err: `error: completion takes one shell, not 2\n${help}`, code: 2 });
  });

  test('TAB offers the shells that there is a script for', () => {
    assert.deepEqual(offered(of('completion ')), shells);
  });
});

test('every command that takes words says what TAB offers for them', () => {
  // What comes behind -- is somebody else's command line.
  const silent = commands.filter(
    ({ argument, completes }) => argument !== '' && !argument.startsWith('-') && !argument.startsWith('[--') && completes === undefined,
  );
  assert.deepEqual(
    silent.map(({ name }) => name),
    [],
  );
});

test('every option that has values of its own offers only such as are allowed', () => {
  for (const { name, choices, completes } of [...globalOptions, ...commands.flatMap(({ options }) => options)]) {
    if (choices === undefined || completes === undefined || typeof completes === 'string') continue;
    assert.deepEqual(
      completes.filter((word) => !choices.includes(word)),
      [],
      name,
    );
  }
});
