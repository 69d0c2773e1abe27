import { isGone } from '../model/status.ts';

/** What was asked for; undefined where there is none, or none any more. @throws every other refusal */
export async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
