import { ConnectionError } from '../../cluster/cluster.ts';
import { KubeconfigError } from '../../cluster/kubeconfig/kubeconfig-error.ts';
import { draftedObject } from '../../core/create/draft.ts';
import { parseRelease, traitsOf } from '../../core/profile.ts';
import type { KubeObject } from '../../model/object.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { ExitCode, Io } from '../io.ts';
import type { Flags } from '../spec.ts';
import type { CreateRequest } from './create-request.ts';
import { isWhole } from './derive-plan.ts';
import { saidWorkloadIPv6, type WorkloadIPv6 } from './workload-ipv6.ts';

/**
 * A client dry run writes a manifest, and kubectl's need no server for that. Where none can be asked, the object is that of the release
 * that was named, or of the newest, which is mentioned; whom it selects is not known.
 * @param print prints the object, its fields in the order in which they are given
 */
export async function withoutServer(
  request: CreateRequest,
  flags: Flags,
  io: Io,
  attempt: () => Promise<ExitCode>,
  print: (object: KubeObject) => Promise<void>,
): Promise<ExitCode> {
  try {
    return await attempt();
  } catch (error) {
    if (!isNoServer(error) || !isWhole(request) || request.selector === undefined || io.signal.aborted) throw error;
    const profile = parseRelease(flags.text('release') ?? 'auto');
    const version = traitsOf(profile ?? 'E').hubVersion;
    const { name, type, selector, ports, extras } = request;
    const namespace = flags.text('namespace');
    const drafted = draftedObject({ name, namespace: namespace ?? 'default', type, selector, ports, extras }, version);
    const { namespace: _, ...bare } = drafted.metadata;
    const object = namespace === undefined ? { ...drafted, metadata: bare } : drafted;
    const warnings = (await import('./check-object.ts')).checkObject(object, version, flags, {
      families: familiesAlone(request, flags),
    });
    const as = profile === undefined ? `; written as ${version}, the newest: --release says another` : '';
    if (!flags.on('quiet')) io.stderr.write(`${sanitize(`Note: no server to ask whom it selects (${error.message})${as}`)}\n`);
    for (const warning of warnings) io.stderr.write(`${sanitize(`Warning: ${warning}`)}\n`);
    await print(object);
    return 0;
  }
}

/** Nobody can be asked but the command line. */
function familiesAlone({ extras }: CreateRequest, flags: Flags): WorkloadIPv6 | undefined {
  if (extras.ipFamilies === undefined && extras.ipFamilyPolicy === undefined) return undefined;
  return saidWorkloadIPv6(flags) ?? { unknown: 'there is no server to ask' };
}

/** A kubeconfig that does not have what was asked of it is a mistake of somebody's. */
function isNoServer(error: unknown): error is ConnectionError {
  if (error instanceof KubeconfigError) return error.message.startsWith('no kubeconfig found');
  return error instanceof ConnectionError;
}
