import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestIo } from './test-io.ts';

/** Long enough for a machine that has much else to do. */
const patience = 60_000;

/** Waits for something that will come. @throws AssertionError with the words where it does not */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  for (const end = Date.now() + patience; !holds(); await sleep(5)) assert.ok(Date.now() < end, what());
}

/** Waits until a command that runs has said a text, on either stream. */
export function untilSaid(io: TestIo, text: string): Promise<void> {
  return until(
    () => (io.out() + io.err()).includes(text),
    () => `${JSON.stringify(text)} never came after ${io.out()}${io.err()}`,
  );
}

/** Waits until nothing new was counted in ten turns in a row, in each of which everybody in this process had one. */
export async function untilQuiet(count: () => number): Promise<void> {
  for (let seen = count(), turns = 0; turns < 10; turns = count() === seen ? turns + 1 : 0) {
    seen = count();
    await sleep(5);
  }
}
