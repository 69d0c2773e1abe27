import { isAllowed } from '../cluster/is-allowed.ts';
import type { NotFound } from '../cluster/load-snapshot.ts';
import { supervisorQuestion } from '../cluster/preferred-version.ts';
import { holesOf, isEssential, type Unavailable } from '../core/snapshot.ts';
import { virtualMachineServices } from '../model/resources.ts';
import { isNotFound } from '../model/status.ts';
import { sanitize } from '../render/sanitize.ts';
import { pasteableCommand } from '../render/shell-quote.ts';
import { unavailableSentence } from '../render/unavailable-sentence.ts';
import { explainError } from './error-words.ts';
import type { ExitCode, Io } from './io.ts';
import type { LoadedWorld } from './load-world.ts';
import { rightsHint } from './rights-hint.ts';
import type { Source } from './source.ts';
import { targetType } from './targets.ts';

/** Says which names do not exist, a line each; exit 3 when there is one. */
export function reportNotFound(notFound: readonly Pick<NotFound, 'error'>[], io: Io): ExitCode {
  for (const { error } of notFound) {
    const lines = [...explainError(error, io.argv).lines, ...typeTakenForName(error)];
    io.stderr.write(`${lines.map(sanitize).join('\n')}\n`);
  }
  return notFound.length > 0 ? 3 : 0;
}

/** A lone word is a name, where kubectl would list all objects of a type. */
function typeTakenForName({ status }: NotFound['error']): readonly string[] {
  const { kind, name } = status.details ?? {};
  if (kind !== virtualMachineServices.plural || name === undefined) return [];
  switch (targetType(name)) {
    case 'vmService':
      return [`  ${JSON.stringify(name)} was taken for a name: without it, this is about all of the namespace`];
    case 'vm':
      return [`  ${JSON.stringify(name)} was taken for a name: one VM is vm/NAME, and kubectl get vm lists them`];
    case undefined:
      return [];
  }
}

/** What could not be looked at, each once on stderr; exit 3 when the answer is not whole without it. */
export async function reportHoles(
  { world, source }: Pick<LoadedWorld, 'world' | 'source'>,
  io: Io,
  which: 'essential' | 'every' = 'essential',
): Promise<ExitCode> {
  const holes = holesOf(world.snapshot).filter((hole) => which === 'every' || isEssential(hole));
  const denied = holes.filter(({ because }) => because === 'Forbidden');
  // Where not even the services may be seen, one answer is enough, and one list of what to ask for.
  const asOne = [...Map.groupBy(denied, ({ namespace }) => namespace).values()].filter((own) =>
    own.some(({ resource }) => resource === virtualMachineServices.plural),
  );
  const others = holes.filter((hole) => !asOne.some((own) => own.includes(hole)));
  const everywhere = denied.filter(({ namespace }) => namespace === undefined);
  const single = everywhere.length === 0 ? undefined : await singleNamespace(everywhere, source, io);
  const inOnePlace = Map.groupBy(
    others.filter(({ because }) => because === 'Forbidden'),
    ({ namespace }) => namespace,
  );
  const lines = [
    ...asOne.flatMap((own) => deniedLines(own, own.slice(0, 1), source, single)),
    ...[...inOnePlace.values()].flatMap((own) => deniedLines(own, own, source, single)),
    ...others.flatMap((hole) => (hole.because === 'Forbidden' ? [] : holeLines(hole, source))),
  ];
  for (const line of new Set(lines)) io.stderr.write(`${sanitize(line)}\n`);
  return holes.length > 0 ? 3 : 0;
}

function holeLines(hole: Unavailable, { origin }: Source): string[] {
  const sentence = `error: ${unavailableSentence(hole)}`;
  const isOurs = hole.because === 'NotServed' && hole.group === virtualMachineServices.group && origin.type === 'cluster';
  return isOurs ? [sentence, hole.why ?? supervisorQuestion(origin.context)] : [sentence];
}

/** As kubectl says it of those that are told, and what to ask for. */
function deniedLines(
  denied: readonly Unavailable[],
  told: readonly Unavailable[],
  { namespace: ownNamespace, access }: Source,
  single: SingleNamespace | undefined,
): string[] {
  const [first] = denied;
  if (first === undefined) return [];
  const verbs = Map.groupBy(denied, ({ verb }) => verb);
  const rights = [...verbs].map(([verb, holes]) => `${verb} on ${[...new Set(holes.map(qualified))].join(', ')}`);
  return [
    ...told.map(({ message }) => `Error from server (Forbidden): ${message}`),
    `  ask for ${rights.join(', and for ')}; ${rightsHint(first.namespace ?? single?.allowed ?? ownNamespace, access)}`,
    ...(first.namespace === undefined && single !== undefined ? [`  ${single.hint}`] : []),
  ];
}

interface SingleNamespace {
  /** The namespace in which all of it may be looked at; undefined where none is known. */
  readonly allowed: string | undefined;
  readonly hint: string;
}

/** So many namespaces are asked about. */
const atMost = 20;

/** Which of the namespaces that the kubeconfig knows may be looked at, where all of them together may not. */
async function singleNamespace(
  denied: readonly Unavailable[],
  { cluster, origin, access, namespace, contextNamespaces = [] }: Source,
  { argv }: Io,
): Promise<SingleNamespace> {
  if (origin.type === 'files') return { allowed: undefined, hint: `or look at one namespace: -n ${namespace} instead of -A` };
  const known = [...new Set([namespace, ...contextNamespaces])].slice(0, atMost);
  const answers = await Promise.all(
    known.map(async (one) => {
      const rights = await Promise.all(
        denied.map(({ verb, group, resource }) => isAllowed(cluster, { verb, group, resource, namespace: one })),
      );
      return rights.includes(undefined) ? undefined : !rights.includes(false);
    }),
  );
  const [allowed, ...others] = known.filter((_one, at) => answers[at]);
  if (allowed === undefined) {
    const asked = answers.includes(undefined) ? '' : known.length === 1 ? ` (not ${namespace})` : ` (none of ${known.join(', ')})`;
    return { allowed, hint: `or look at one namespace in which you have these rights${asked}: -n NAMESPACE instead of -A` };
  }
  const [word = ''] = argv;
  const command =
    (/^[a-z]/.test(word) ? pasteableCommand(['kubectl', 'vmsvc', word, '-n', allowed, ...access], [allowed]) : undefined) ??
    `-n ${allowed} instead of -A`;
  const more = others.length === 0 ? '' : `   # so you may in ${others.join(', ')}`;
  return { allowed, hint: `or look at one namespace in which you have these rights: ${command}${more}` };
}

function qualified({ resource, group }: Unavailable): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** `No resources found in prod namespace.`, and that the namespace does not exist where that is so. */
export async function reportNothing({ source, namespace }: LoadedWorld, io: Io): Promise<void> {
  if (namespace === undefined) return io.stderr.write('No resources found\n');
  io.stderr.write(`No resources found in ${sanitize(namespace)} namespace.\n`);
  await warnOfMissingNamespace(source, namespace, io);
}

/** For whoever found nothing in a namespace, which may be a slip of the keys. */
export async function warnOfMissingNamespace(source: Source, namespace: string | undefined, io: Io): Promise<void> {
  if (namespace !== undefined && (await isMissingNamespace(source, namespace)))
    io.stderr.write(`Warning: the namespace ${sanitize(JSON.stringify(namespace))} does not exist\n`);
}

/** Sure only where the server lets us look: a user of one namespace may often not read namespaces. */
async function isMissingNamespace({ cluster, origin }: Source, namespace: string): Promise<boolean> {
  if (origin.type === 'files' && origin.bundle === undefined) return false;
  try {
    await cluster.get({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace });
    return false;
  } catch (error) {
    return isNotFound(error);
  }
}
