import assert from 'node:assert/strict';
import { test } from 'node:test';
import { humanDuration } from '../../src/core/human-duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

const durations: readonly (readonly [milliseconds: number, text: string])[] = [
  [-2 * second, '<invalid>'],
  [-1999, '0s'],
  [-1, '0s'],
  [0, '0s'],
  [999, '0s'],
  [95 * second, '95s'],
  [2 * minute - 1, '119s'],
  [2 * minute, '2m'],
  [5 * minute + 30 * second, '5m30s'],
  [10 * minute - 1, '9m59s'],
  [10 * minute, '10m'],
  [10 * minute + 30 * second, '10m'],
  [3 * hour - 1, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 5 * minute, '3h5m'],
  [8 * hour - 1, '7h59m'],
  [8 * hour, '8h'],
  [47 * hour + 59 * minute, '47h'],
  [48 * hour, '2d'],
  [3 * day + 4 * hour, '3d4h'],
  [8 * day - 1, '7d23h'],
  [8 * day, '8d'],
  [400 * day, '400d'],
  [2 * year - 1, '729d'],
  [2 * year, '2y'],
  [2 * year + 35 * day, '2y35d'],
  [8 * year - 1, '7y364d'],
  [8 * year, '8y'],
  [9 * year + 300 * day, '9y'],
];

for (const [milliseconds, text] of durations) {
  test(`${milliseconds} ms are ${text}`, () => {
    assert.equal(humanDuration(milliseconds), text);
  });
}
