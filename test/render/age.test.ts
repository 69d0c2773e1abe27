import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absoluteTime, ageInWords, ageOf } from '../../src/render/age.ts';

const now = new Date('2026-11-20T12:00:00.500Z');

const ages: readonly (readonly [timestamp: string | undefined, text: string])[] = [
  [undefined, '<unknown>'],
  ['', '<unknown>'],
  ['0001-01-01T00:00:00Z', '<unknown>'],
  ['2026-11-20T11:58:25Z', '95s'],
  ['2026-11-20T12:58:25+01:00', '95s'],
  ['2026-11-20T11:58:25.400000Z', '95s'],
  ['2026-11-20T12:00:01Z', '0s'],
  ['2026-11-20T12:00:05Z', '<invalid>'],
  ['yesterday', '<invalid>'],
  ['2026', '<invalid>'],
  ['2026-13-20T11:58:25Z', '<invalid>'],
];

for (const [timestamp, text] of ages) {
  test(`the age of ${timestamp ?? 'something without a time'} is ${text}`, () => {
    assert.equal(ageOf(timestamp, now), text);
  });
}

test('in a sentence a time in the future says which clock is wrong', () => {
  assert.equal(ageInWords('2026-11-20T12:05:00.500Z', now), "in the future: this machine's clock is 5m behind the server");
  assert.equal(ageInWords('2026-11-20T11:58:25Z', now), '95s');
  assert.equal(ageInWords(undefined, now), '<unknown>');
  assert.equal(ageInWords('yesterday', now), '<invalid>');
});

test('an absolute time is RFC 3339 in UTC and whole seconds', () => {
  assert.equal(absoluteTime('2026-11-20T12:58:25.9+01:00'), '2026-11-20T11:58:25Z');
  assert.equal(absoluteTime(undefined), '<unknown>');
  assert.equal(absoluteTime('0001-01-01T00:00:00Z'), '<unknown>');
  assert.equal(absoluteTime('soon'), '<invalid>');
});
