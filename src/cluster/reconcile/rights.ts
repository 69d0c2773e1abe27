import { type Right, type RightAnswer, rightKey } from '../../core/rights/rights.ts';
import { ApiError } from '../../model/status.ts';
import { type Cluster, isUnanswered } from '../cluster.ts';
import { limits } from '../limits.ts';

/** What became of the questions. */
export interface RightAnswers {
  /** @throws Error for a right that was not asked for there */
  of(namespace: string, right: Right): RightAnswer;
}

/**
 * Asks the server for rights in namespaces, each once and as many at a time as there are connections. What could not be asked is
 * `unknown`: a server that refuses to say is no server that says no.
 *
 * @throws ApiError when the server does not know who asks
 */
export async function askRights(
  cluster: Cluster,
  wanted: readonly { readonly namespace: string; readonly rights: readonly Right[] }[],
): Promise<RightAnswers> {
  const questions = new Map(
    wanted.flatMap(({ namespace, rights }) => rights.map((right) => [`${namespace}\0${rightKey(right)}`, { namespace, right }] as const)),
  );
  const answers = new Map<string, RightAnswer>();
  const queue = questions.entries();
  const worker = async (): Promise<void> => {
    for (const [key, { namespace, right }] of queue) answers.set(key, await ask(cluster, namespace, right));
  };
  await Promise.all(Array.from({ length: Math.min(limits.sockets, questions.size) }, worker));
  return {
    of(namespace, right) {
      const answer = answers.get(`${namespace}\0${rightKey(right)}`);
      if (answer === undefined) throw new Error(`nobody asked for ${right.verb} ${right.resource} in ${namespace}`);
      return answer;
    },
  };
}

async function ask(cluster: Cluster, namespace: string, { verb, group, resource, subresource, name }: Right): Promise<RightAnswer> {
  const attributes = {
    namespace,
    verb,
    group,
    resource,
    ...(subresource !== undefined && { subresource }),
    ...(name !== undefined && { name }),
  };
  try {
    const { allowed, reason } = await cluster.accessReview(attributes);
    return { answer: allowed ? 'allowed' : 'denied', reason };
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) throw error;
    if (isUnanswered(error)) return { answer: 'unknown', reason: error.message };
    throw error;
  }
}
