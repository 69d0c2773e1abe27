import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

/**
 * The first ten minutes with kubectl-vmsvc in ten seconds: the sandbox, and the example of docs/examples/my-lb.yaml in it from
 * "nothing was reconciled" to "clients are served". Each step says what it shows, and fails the demo when it shows something else.
 * Nothing is left behind, neither after Ctrl-C nor after a failure, nor when nobody reads on.
 */
const root = resolve(import.meta.dirname, '..');
const example = 'docs/examples/my-lb.yaml';
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-demo-'));
const kubeconfig = join(folder, 'sandbox.kubeconfig');

/** What a user has: our command and this Node on PATH, and only the sandbox to talk to. */
const env = {
  ...process.env,
  KUBECONFIG: kubeconfig,
  // What kubectl remembers of the sandbox, and what Node compiled, would stay in the home folder.
  KUBECACHEDIR: join(folder, 'kubectl'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  PATH: [join(root, 'bin'), dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
};
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { env, stdio: 'ignore' }).status === 0;
const vmsvc = hasKubectl ? 'kubectl vmsvc' : 'kubectl-vmsvc';

interface Step {
  readonly shows: string;
  readonly command: string;
  readonly exitCode?: number;
  /** What the output must have in it, by the name of the thing. */
  readonly expected: Readonly<Record<string, RegExp>>;
}

const steps: readonly Step[] = [
  {
    shows: 'A VirtualMachineService and two VMs exist. Nobody has reconciled them: there is no Service yet.',
    command: `${vmsvc} get -n demo-ns`,
    expected: { 'the service': /^my-lb +LoadBalancer /m },
  },
  {
    shows: 'describe traces the way from the client to each VM, and shows where it ends.',
    command: `${vmsvc} describe my-lb -n demo-ns`,
    expected: { 'the first VM': /vm-1/, 'the second VM': /vm-2/ },
  },
  {
    shows: "diff says what VM Operator's controller would do. Exit code 1 means: there is something to do.",
    command: `${vmsvc} diff my-lb -n demo-ns`,
    exitCode: 1,
    expected: { 'the Service': /service\/my-lb/i, 'the Endpoints': /endpoints\/my-lb/i },
  },
  {
    shows: 'reconcile --once does it: one pass of the controller, and no loop.',
    command: `${vmsvc} reconcile my-lb -n demo-ns --once`,
    expected: { 'a new Service': /^service\/my-lb created$/m, 'new Endpoints': /^endpoints\/my-lb created$/m },
  },
  {
    shows: 'The load balancer has an address, and both VMs stand behind it.',
    command: `${vmsvc} describe my-lb -n demo-ns`,
    expected: { 'an address': /VIP +\d+\.\d+\.\d+\.\d+/, 'vm-1 ready': /vm-1 .*READY/, 'vm-2 ready': /vm-2 .*READY/ },
  },
  {
    shows: 'A second pass finds nothing to do.',
    command: `${vmsvc} reconcile my-lb -n demo-ns --once`,
    expected: { 'only unchanged objects': /^(\S+\/my-lb unchanged\n){2,}$/ },
  },
  {
    shows: 'The VMs behind the service, one line each, made for awk and sort.',
    command: `${vmsvc} vms my-lb -n demo-ns`,
    expected: { 'vm-1': /^vm-1 +Ready .*192\.168\.128\.10 /m, 'vm-2': /^vm-2 +Ready .*192\.168\.128\.11 /m },
  },
];

const withKubectl: Step = {
  shows: 'And with plain kubectl: what the rest of the cluster sees.',
  command: 'kubectl get service,endpoints my-lb -n demo-ns',
  expected: { 'both addresses': /192\.168\.128\.10:80,192\.168\.128\.11:80/ },
};

process.exitCode = await demo();

async function demo(): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort(128 + constants.signals[signal]));
  // As `| head` does: whoever read it has seen enough.
  process.stdout.on('error', () => interrupted.abort(0));
  let sandbox: ChildProcess | undefined;
  try {
    say('A sandbox: an API server in memory, with the definitions of VM Operator in vSphere 8.0 U1 and an example world.');
    const command = `${vmsvc} sandbox --release 8.0.1 --load ${example} --write-kubeconfig sandbox.kubeconfig`;
    show(`${command} &`);
    sandbox = startSandbox(command.replace('sandbox.kubeconfig', kubeconfig));
    await serving(sandbox, interrupted.signal);
    show('export KUBECONFIG=$PWD/sandbox.kubeconfig');

    for (const step of hasKubectl ? [...steps, withKubectl] : steps) {
      if (interrupted.signal.aborted) return interrupted.signal.reason;
      say(step.shows);
      show(step.command);
      const wrong = await take(step, interrupted.signal);
      if (wrong !== undefined && !interrupted.signal.aborted) throw new Error(wrong);
    }
    if (interrupted.signal.aborted) return interrupted.signal.reason;
    say(hasKubectl ? 'That was all. Nothing is left of it.' : 'That was all (kubectl is not on PATH). Nothing is left of it.');
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return interrupted.signal.reason;
    console.error(`\ndemo: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    if (sandbox !== undefined) await ended(sandbox);
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(text: string): void {
  console.log(`\n# ${text}`);
}

function show(command: string): void {
  console.log(`$ ${command}`);
}

function startSandbox(command: string): ChildProcess {
  const [program = '', ...args] = command.split(' ');
  return spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Resolves when the sandbox has said where it serves. */
async function serving(sandbox: ChildProcess, signal: AbortSignal): Promise<void> {
  let said = '';
  let up = false;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the sandbox did not start within 20 s: ${said}`)), 20_000);
    const done = (error?: Error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    const listen = (text: Buffer) => {
      said += text;
      const line = /^Serving .*$/m.exec(said);
      if (line === null || up) return;
      up = true;
      console.log(line[0]);
      done();
    };
    sandbox.stdout?.on('data', listen);
    sandbox.stderr?.on('data', listen);
    sandbox.once('error', done);
    sandbox.once('exit', (code) => done(new Error(`the sandbox ended with exit code ${code}: ${said}`)));
    signal.addEventListener('abort', () => done(new Error('interrupted')));
  });
}

/** Runs a step, shows what it says, and returns what is wrong with that. */
async function take({ command, exitCode = 0, expected }: Step, signal: AbortSignal): Promise<string | undefined> {
  const [program = '', ...args] = command.split(' ');
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  let output = '';
  child.stdout.on('data', (text: Buffer) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal.removeEventListener('abort', stop);
  process.stdout.write(output);
  if (code !== exitCode) return `"${command}" ended with exit code ${code}, not ${exitCode}`;
  const missing = Object.entries(expected).filter(([, pattern]) => !pattern.test(output));
  return missing.length === 0 ? undefined : `"${command}" does not show ${missing.map(([what]) => what).join(', nor ')}`;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
