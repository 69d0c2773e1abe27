import { type Clock, systemClock } from '../../cluster/clock.ts';
import { readFileLimited } from '../../cluster/files/read-file.ts';
import { listMetadata, listNames } from '../../cluster/http/metadata-list.ts';
import { type ClusterAccess, loadClusterAccess } from '../../cluster/kubeconfig/kubeconfig.ts';
import { type KubeconfigSource, loadKubeconfig } from '../../cluster/kubeconfig/kubeconfig-files.ts';
import { endpointSlices, endpoints, namespaces, services, virtualMachineServices, virtualMachines } from '../../model/resources.ts';
import { flagsOf } from '../flags.ts';
import { globalOptions } from '../global-options.ts';
import type { Io } from '../io.ts';
import { kubeconfigFlags } from '../live-source.ts';
import { userAgent } from '../tool-version.ts';
import type { LookupCompletion, Wanted } from './completion.ts';

const resources = { vmServices: virtualMachineServices, vms: virtualMachines, services, endpoints, endpointSlices, namespaces } as const;

/**
 * Finds what a completion wants, in the kubeconfig or in the cluster that the options typed so far name. Nobody is asked
 * anything, nothing is tried twice, and nothing is said.
 * @param milliseconds what is left for the cluster; undefined is found when it does not tell all by then
 * @throws whatever is wrong with the command line, the kubeconfig or the connection
 */
export async function lookUp(completion: LookupCompletion, io: Io, milliseconds: number): Promise<readonly string[] | undefined> {
  const { wanted, given } = completion;
  const source: KubeconfigSource = { env: io.env, cwd: io.cwd, readFile: readFileLimited };
  const flags = kubeconfigFlags(flagsOf(given, globalOptions, ''));
  const kubeconfig = withHome(flags.kubeconfig, io.env.HOME);
  if (wanted.what === 'entries') {
    const { config } = await loadKubeconfig(kubeconfig, source);
    return [...config[wanted.of].keys()].filter((name) => !/\p{Cc}/u.test(name));
  }
  const access = await loadClusterAccess({ ...flags, kubeconfig }, source);
  const found = inTime(milliseconds, (clock) => askCluster(wanted, access, io, clock));
  if (wanted.what !== 'names' || wanted.of !== 'namespaces') return await found;
  // Few users may list namespaces; those that they log in to have contexts.
  return (await found.catch(() => undefined)) ?? namespacesOfContexts(access);
}

/** A shell hands over what was typed: for an option's value nobody else replaces the tilde. */
function withHome(path: string | undefined, home: string | undefined): string | undefined {
  return home === undefined ? path : path?.replace(/^~(?=\/)/, () => home);
}

async function inTime<T>(milliseconds: number, ask: (clock: Clock) => Promise<T>): Promise<T | undefined> {
  if (milliseconds <= 0) return undefined;
  const late = Promise.withResolvers<undefined>();
  const { clock, expire } = impatientClock();
  const cancel = systemClock.after(milliseconds, () => {
    expire();
    late.resolve(undefined);
  });
  try {
    return await Promise.race([ask(clock), late.promise]);
  } finally {
    cancel();
  }
}

/** Milliseconds; more than any limit. */
const leap = 365 * 24 * 3_600_000;

/**
 * There is no second try, and when it expires every limit is reached at once, so that whoever waits ends what he began before
 * our own process ends: a credential plugin would outlive it.
 */
function impatientClock(): { readonly clock: Clock; readonly expire: () => void } {
  const pending = new Set<() => void>();
  let expired = false;
  /** Whoever asks how long it took is told that it took too long. */
  let leapt = 0;
  const clock: Clock = {
    now() {
      if (expired) leapt += leap;
      return systemClock.now() + leapt;
    },
    after(milliseconds, action) {
      if (expired) {
        action();
        return ignore;
      }
      const cancel = systemClock.after(milliseconds, () => end());
      const end = () => {
        forget();
        action();
      };
      const forget = () => {
        pending.delete(end);
        cancel();
      };
      pending.add(end);
      return forget;
    },
    sleep: () => Promise.reject(new Error('there is no time for another try')),
  };
  const expire = () => {
    expired = true;
    for (const end of [...pending]) end();
  };
  return { clock, expire };
}

type WantedOfCluster = Exclude<Wanted, { readonly what: 'entries' }>;

async function askCluster(wanted: WantedOfCluster, access: ClusterAccess, io: Io, clock: Clock): Promise<readonly string[]> {
  const options = {
    env: io.env,
    cwd: io.cwd,
    isInteractive: () => false,
    onPluginOutput: ignore,
    onNote: ignore,
    userAgent,
    clock,
  };
  const { namespace } = access;
  if (wanted.what === 'names') return (await listNames(access, options, resources[wanted.of], namespace)).filter(isPlain);
  // Of labels, what the first objects have is enough; values come from objects that have the label.
  const having = wanted.what === 'labelValues' ? { labelSelector: wanted.key } : {};
  const items = await listMetadata(access, options, resources[wanted.of], { namespace, ...having });
  return items.flatMap(({ labels }) => (wanted.what === 'labelKeys' ? [...labels.keys()] : [labels.get(wanted.key) ?? ''])).filter(isPlain);
}

const ignore = (): void => {};

/** A server that obeys the rules of Kubernetes sends nothing else; a shell would take other characters for its own. */
function isPlain(text: string): boolean {
  return /^[\w./-]+$/.test(text);
}

function namespacesOfContexts({ contextNamespaces }: ClusterAccess): readonly string[] | undefined {
  return contextNamespaces.length === 0 ? undefined : contextNamespaces.filter(isPlain);
}
