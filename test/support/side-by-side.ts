import { jsonEqual } from '../../src/core/patch.ts';
import { isList, type Json, type JsonObject } from '../../src/model/object.ts';
import { answerWords } from './answer-words.ts';
import type { RawAnswer, RawClient, RawRequest } from './kubeconfig-requests.ts';
import type { Step } from './random-requests.ts';

/** The first request of a sequence that two servers answered differently. */
export interface Disagreement {
  /** From 0. */
  readonly index: number;
  readonly request: RawRequest;
  /** What the object was, where the request was made from it. */
  readonly answers: readonly [JsonObject, JsonObject];
}

/** Sends the steps to both servers, each in order, until they disagree. Undefined when they never do. */
export async function sendSideBySide(steps: readonly Step[], left: RawClient, right: RawClient): Promise<Disagreement | undefined> {
  const words = [answerWords(), answerWords()] as const;
  for (const [index, step] of steps.entries()) {
    const [ours, theirs] = await Promise.all([sendStep(step, left), sendStep(step, right)]);
    const answers = [words[0](ours.answer), words[1](theirs.answer)] as const;
    if (!jsonEqual(answers[0], answers[1])) return { index, request: theirs.request, answers };
  }
  return undefined;
}

async function sendStep(
  { onTopOf, ...step }: Step,
  client: RawClient,
): Promise<{ readonly request: RawRequest; readonly answer: RawAnswer }> {
  const stored = onTopOf === undefined ? undefined : await client.send({ method: 'GET', path: onTopOf.path });
  const base = stored?.code === 200 ? stored.body : onTopOf?.otherwise;
  const request = base === undefined || step.body === undefined ? step : { ...step, body: merged(base, step.body) };
  return { request, answer: await client.send(request) };
}

/** The stored object with the step's fields laid over it, one level down: `spec.type` changes, the rest of `spec` stays. */
function merged(stored: JsonObject, changes: Json): Json {
  if (!isObject(changes)) return changes;
  const fields = Object.entries(changes).map(([field, value]): [string, Json | undefined] => {
    const old = stored[field];
    return [field, isObject(old) && isObject(value) ? { ...old, ...value } : value];
  });
  return { ...stored, ...Object.fromEntries(fields) };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
