import { relative, resolve } from 'node:path';
import { type ControllerName, controllerNames } from '../../apiserver/controllers/controller-name.ts';
import { findKind } from '../../apiserver/resources.ts';
import { aborted } from '../../cluster/aborted.ts';
import { errorCode } from '../../cluster/error-code.ts';
import { isContext } from '../../cluster/files/context-objects.ts';
import { type ManifestObject, readManifests } from '../../cluster/files/manifests.ts';
import { fileErrorReason } from '../../cluster/files/read-file.ts';
import { UnloadableObject } from '../../cluster/load-objects.ts';
import { type Sandbox, startSandbox } from '../../cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig, type WrittenKubeconfig, writeKubeconfig } from '../../cluster/sandbox/sandbox-kubeconfig.ts';
import { counted } from '../../core/counted.ts';
import { fewNames } from '../../core/few-names.ts';
import { type Profile, parseRelease, releaseNames } from '../../core/profile.ts';
import { sanitize } from '../../render/sanitize.ts';
import { shellQuote } from '../../render/shell-quote.ts';
import { runChild } from '../child.ts';
import { CliError, usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import { writeLoadLosses } from '../load-losses.ts';
import { manifestErrors } from '../manifest-errors.ts';
import { privateFolder } from '../private-folder.ts';
import type { CommandInput } from '../spec.ts';
import { toolVersion } from '../tool-version.ts';

export interface SandboxOptions {
  /** Files and folders of objects, `-` for stdin. */
  readonly load: readonly string[];
  readonly profile: Profile;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the kubeconfig goes; undefined for a folder of its own. */
  readonly kubeconfig: string | undefined;
  readonly controllers: readonly ControllerName[];
  /** What to run; undefined serves until Ctrl-C. */
  readonly command: readonly [program: string, ...args: string[]] | undefined;
}

/** Serves a Kubernetes API in memory, for a command or until Ctrl-C. @throws CliError */
export async function sandbox(options: SandboxOptions, io: Io): Promise<ExitCode> {
  const manifests = withoutContext(await loaded(options.load, io), options.profile, io);
  const folder = privateFolder('vmsvc-sandbox-');
  try {
    const server = await started(options, manifests, io);
    try {
      writeLoadLosses(server.losses, io);
      const kubeconfig = written(options.kubeconfig, server, folder.path, io);
      try {
        if (options.command === undefined) return await serve(server, kubeconfig, manifests.length, io);
        // Discovery that kubectl remembers of this port would be wrong for the next sandbox there.
        const env = { ...io.env, KUBECONFIG: kubeconfig.path, KUBECACHEDIR: resolve(folder.path, 'cache') };
        return await runChild(options.command, env, io);
      } finally {
        kubeconfig.remove();
      }
    } finally {
      await server.close();
    }
  } finally {
    folder.remove();
  }
}

/** @throws CliError for a command line that makes no sense */
export async function sandboxCommand(input: CommandInput, io: Io): Promise<ExitCode> {
  return await sandbox(optionsOf(input), io);
}

const highestPort = 65535;

function optionsOf({ args, flags, afterDashes }: CommandInput): SandboxOptions {
  const [unexpected] = args;
  if (unexpected !== undefined) {
    throw usageError(`unexpected argument ${JSON.stringify(unexpected)}: a command to run stands behind --`, 'sandbox');
  }
  const release = flags.text('release') ?? 'main';
  const profile = parseRelease(release);
  if (profile === undefined) {
    throw usageError(`--release ${JSON.stringify(release)}: must be one of ${releaseNames.join(', ')}`, 'sandbox');
  }
  const port = flags.number('port', 0) ?? 0;
  if (port > highestPort) throw usageError(`--port ${port}: must be at most ${highestPort}`, 'sandbox');
  const [program, ...rest] = afterDashes ?? [];
  if (afterDashes !== undefined && program === undefined) throw usageError('there is no command behind --', 'sandbox');
  return {
    load: flags.list('load'),
    profile,
    port,
    kubeconfig: flags.text('write-kubeconfig'),
    controllers: controllersOf(flags.list('controllers')),
    command: program === undefined ? undefined : [program, ...rest],
  };
}

function controllersOf(given: readonly string[]): readonly ControllerName[] {
  const words = given.flatMap((list) => list.split(',')).map((word) => word.trim());
  if (words.length === 0) return controllerNames;
  if (words.includes('none')) {
    if (words.length > 1) throw usageError('--controllers none: nothing else can be named beside it', 'sandbox');
    return [];
  }
  return words.map((word) => {
    const known = controllerNames.find((name) => name === word);
    if (known !== undefined) return known;
    throw usageError(`--controllers ${JSON.stringify(word)}: must be none, or some of ${controllerNames.join(', ')}`, 'sandbox');
  });
}

async function loaded(sources: readonly string[], io: Io): Promise<readonly ManifestObject[]> {
  if (sources.length === 0) return [];
  const { objects, errors } = await readManifests(sources, { cwd: io.cwd, recursive: true, readStdin: (limit) => io.stdin.read(limit) });
  if (errors.length > 0) throw manifestErrors(errors);
  return objects;
}

/**
 * Without the objects of networks, load balancers and policies that `--offline -f` looks at, and that this server has no kinds for; one line
 * on stderr says so of each kind.
 */
function withoutContext(manifests: readonly ManifestObject[], profile: Profile, io: Io): readonly ManifestObject[] {
  const isLeftOut = ({ object }: ManifestObject) => isContext(object) && findKind(profile, object.apiVersion, object.kind) === undefined;
  const groups = Map.groupBy(manifests.filter(isLeftOut), ({ object }) => `${object.kind} of ${object.apiVersion}`);
  for (const [kind, group] of groups) {
    const names = fewNames(
      group.map(({ object }) => object.metadata.name),
      3,
    );
    const text = `${kind}: ${names} ${group.length === 1 ? 'is' : 'are'} left out, as the sandbox has no such kind; --offline -f looks at it`;
    io.stderr.write(`Warning: ${sanitize(text)}\n`);
  }
  return manifests.filter((manifest) => !isLeftOut(manifest));
}

async function started({ profile, port, controllers }: SandboxOptions, manifests: readonly ManifestObject[], io: Io): Promise<Sandbox> {
  try {
    const objects = manifests.map(({ object }) => object);
    return await startSandbox({ profile, objects, controllers, port, now: () => io.now(), toolVersion });
  } catch (error) {
    const manifest = error instanceof UnloadableObject ? manifests[error.index] : undefined;
    if (error instanceof UnloadableObject && manifest !== undefined) {
      const { file, position } = manifest;
      throw new CliError(`${file}:${position.line}:${position.column}: ${error.message}`, { exitCode: 3, cause: error });
    }
    const code = errorCode(error);
    if (code === 'EADDRINUSE') {
      throw new CliError(`port ${port} of 127.0.0.1 is taken`, {
        exitCode: 3,
        hint: ['leave --port out to take any free one'],
        cause: error,
      });
    }
    if (code === 'EACCES') throw new CliError(`port ${port} of 127.0.0.1 may not be used by this user`, { exitCode: 3, cause: error });
    throw error;
  }
}

function written(asked: string | undefined, server: Sandbox, folder: string, io: Io): WrittenKubeconfig {
  const path = asked === undefined ? resolve(folder, 'kubeconfig') : resolve(io.cwd, asked);
  try {
    return writeKubeconfig(path, sandboxKubeconfig(server));
  } catch (error) {
    const [why, hint] = whyNotWritten(error);
    throw new CliError(`cannot write the kubeconfig ${asked ?? path}: ${why}`, { exitCode: 3, hint, cause: error });
  }
}

function whyNotWritten(error: unknown): readonly [string, readonly string[]] {
  switch (errorCode(error)) {
    case 'EEXIST':
      return ['it exists already', ['name another file, or remove this one: nothing is overwritten']];
    case 'ENOENT':
      return ['its folder does not exist', ['make the folder, or name a file in another one']];
    default:
      return [fileErrorReason(error), []];
  }
}

/** Until Ctrl-C, which is how it is meant to end. */
async function serve({ port }: Sandbox, { path }: WrittenKubeconfig, count: number, io: Io): Promise<ExitCode> {
  io.stdout.write(`Serving ${counted(count, 'object')} on 127.0.0.1:${port} until Ctrl-C\n`);
  io.stdout.write(`  export KUBECONFIG=${shellQuote(shortest(path, io.cwd))}          kubectl get vm,vmservice,svc,endpoints\n`);
  await aborted(io.signal);
  return io.signal.reason === 'SIGTERM' ? 143 : io.signal.reason === 'SIGHUP' ? 129 : 0;
}

/** `./sandbox.kubeconfig` for a file in the folder one is in. */
function shortest(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near.startsWith('..') ? path : `./${near}`;
}
