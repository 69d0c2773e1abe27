import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aroundOf } from '../../../src/core/diagnosis/around.ts';
import { serviceSubject } from '../../../src/core/diagnosis/subject.ts';
import { agesAt } from '../../../src/core/diagnosis/times.ts';
import { healthy, svc } from '../../support/diagnosed.ts';
import { seenWorld } from '../../support/seen-world.ts';
import { testNow } from '../../support/test-io.ts';

test('when its VMs last changed is worked out once for all rules that ask', () => {
  const now = new Date(testNow);
  const times = agesAt(now);
  let asked = 0;
  const counting = {
    ...times,
    age: (timestamp: string | undefined) => {
      asked++;
      return times.age(timestamp);
    },
  };
  const subject = serviceSubject(svc(), aroundOf(seenWorld(healthy), { now, times: counting }));
  const before = asked;
  assert.equal(subject.isSettled(), true);
  assert.equal(subject.isSettled(), true);
  assert.equal(asked - before, 1);
});
