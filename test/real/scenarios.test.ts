import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { after, test } from 'node:test';
import { realRelease } from '../support/real-cluster.ts';
import { leaveStages, played, playOn } from '../support/stage-grounds.ts';

// The scenarios of the specification once more, on a real kube-apiserver. Each server has one release and one network: what needs
// others is played in memory, and on another server for real.
playOn('real');
after(leaveStages);
for (const file of globSync('../core/spec-*.test.ts', { cwd: import.meta.dirname }).sort()) await import(file);

test('scenarios were played on this server', async (t) => {
  t.diagnostic(
    `${played.real} stages on the real kube-apiserver with the definitions of ${await realRelease()}, ${played.elsewhere} in memory`,
  );
  assert.ok(played.real > 0);
});
