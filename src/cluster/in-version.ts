import { HeldWarnings } from './held-warnings.ts';

/**
 * Asks in a version that is still being found out. With a likely one it asks at once in that, and again if it was another: an answer
 * in a version that the server does not prefer is never used, and neither is its failure or what it warns of.
 */
export async function inVersion<T>(
  version: string | Promise<string>,
  likely: string | undefined,
  ask: (version: string, held?: HeldWarnings) => Promise<T>,
): Promise<T> {
  if (typeof version === 'string') return ask(version);
  if (likely === undefined) return ask(await version);
  const held = new HeldWarnings();
  const early = ask(likely, held);
  early.catch(() => {});
  const known = await version;
  if (known !== likely) return ask(known);
  held.release();
  return early;
}
