import { systemClock } from '../cluster/clock.ts';
import { readFileLimited } from '../cluster/files/read-file.ts';
import { loadClusterAccess } from '../cluster/kubeconfig/kubeconfig.ts';
import { FlagError } from '../cluster/kubeconfig/kubeconfig-error.ts';
import { groupSeenByKubectl } from '../cluster/kubeconfig/kubectl-cache.ts';
import { parseRequestTimeout } from '../cluster/kubeconfig/request-timeout.ts';
import { liveCluster } from '../cluster/live.ts';
import { vmOperatorGroup } from '../model/resources.ts';
import { sanitize } from '../render/sanitize.ts';
import { usageError } from './errors.ts';
import type { Io } from './io.ts';
import type { OpenCluster } from './open-cluster.ts';
import type { Flags } from './spec.ts';
import { writeOverStatus } from './status-line.ts';
import { userAgent } from './tool-version.ts';

/** Opens the cluster that kubectl would use with the same flags and environment. Nothing is sent yet. */
export async function openLive(flags: Flags, io: Io): Promise<OpenCluster> {
  const surroundings = { env: io.env, cwd: io.cwd, readFile: readFileLimited };
  const access = await loadClusterAccess(kubeconfigFlags(flags), surroundings).catch((error: unknown) => {
    throw error instanceof FlagError ? usageError(error.message) : error;
  });
  const note = (sentence: string) => writeOverStatus(sanitize(sentence), io);
  for (const warning of access.warnings) note(`Warning: ${warning}`);
  let warnings = 0;
  const cluster = liveCluster(access, {
    env: io.env,
    cwd: io.cwd,
    isInteractive: () => io.stdin.isTTY,
    onPluginOutput: note,
    onNote: note,
    onWarning: (text) => {
      warnings += 1;
      note(`Warning: ${text}`);
    },
    log: { verbosity: verbosityOf(flags), write: note },
    userAgent,
    signal: io.signal,
    ...(io.elapsed === undefined ? {} : { clock: { ...systemClock, now: io.elapsed } }),
  });
  return {
    cluster,
    remembered: groupSeenByKubectl(access.server, vmOperatorGroup, { env: io.env, readFile: readFileLimited }),
    warnings: () => warnings,
    namespace: access.namespace,
    contextNamespaces: access.contextNamespaces,
    origin: {
      type: 'cluster',
      context: access.contextName ?? '',
      // The server writes down whose name is used, not whose it is.
      user: access.impersonate.user ?? access.userName ?? '',
      server: access.server.url,
    },
  };
}

/** The flags that say which cluster, and as whom. */
export function kubeconfigFlags(flags: Flags) {
  return {
    kubeconfig: flags.text('kubeconfig'),
    context: flags.text('context'),
    cluster: flags.text('cluster'),
    user: flags.text('user'),
    namespace: flags.text('namespace'),
    server: flags.text('server'),
    token: flags.text('token'),
    clientCertificate: flags.text('client-certificate'),
    clientKey: flags.text('client-key'),
    certificateAuthority: flags.text('certificate-authority'),
    tlsServerName: flags.text('tls-server-name'),
    insecureSkipTlsVerify: flags.given('insecure-skip-tls-verify') ? flags.on('insecure-skip-tls-verify') : undefined,
    as: flags.text('as'),
    asGroup: flags.list('as-group'),
    asUid: flags.text('as-uid'),
    asUserExtra: flags.list('as-user-extra'),
    requestTimeout: requestTimeoutOf(flags),
    disableCompression: flags.given('disable-compression') ? flags.on('disable-compression') : undefined,
  };
}

/** @throws CliError for what is not a time */
function requestTimeoutOf(flags: Flags): string | undefined {
  const text = flags.text('request-timeout') ?? '';
  // As kubectl: an empty one is none.
  if (text !== '' && parseRequestTimeout(text) === undefined) {
    throw usageError(`--request-timeout ${JSON.stringify(text)} is not a time: write 30s, 2m, 1h, or a number of seconds`);
  }
  return text;
}

/** @throws CliError for anything but a number from 0 to 10 */
function verbosityOf(flags: Flags): number {
  const text = flags.text('v') ?? '0';
  if (!/^(\d|10)$/.test(text)) throw usageError(`--v ${JSON.stringify(text)}: must be a number from 0 to 10`);
  return Number(text);
}
