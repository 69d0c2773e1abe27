import { type Cluster, isUnanswered } from './cluster.ts';

/** Whether the user may do something; undefined where nobody would say. */
export async function isAllowed(cluster: Cluster, attributes: Parameters<Cluster['accessReview']>[0]): Promise<boolean | undefined> {
  try {
    return (await cluster.accessReview(attributes)).allowed;
  } catch (error) {
    if (isUnanswered(error)) return undefined;
    throw error;
  }
}
