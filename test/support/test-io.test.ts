import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testIo, testNow } from './test-io.ts';

test('a test Io keeps what was written, by stream, and lets nothing of the machine in', async () => {
  const io = testIo(['get'], { stdin: 'y\n', tty: { stdout: true }, columns: 100 });
  io.stdout.write('NAME\n');
  io.stderr.write('talk\n');
  io.stdout.write('web\n');
  assert.deepEqual([io.out(), io.err()], ['NAME\nweb\n', 'talk\n']);
  assert.deepEqual(io.env, {});
  assert.equal(io.now().toISOString(), new Date(testNow).toISOString());
  assert.deepEqual([io.stdout.isTTY, io.stdout.columns, io.stderr.isTTY, io.stderr.columns], [true, 100, false, undefined]);
  assert.equal(new TextDecoder().decode(await io.stdin.read(100)), 'y\n');
});

test('a signal aborts a test Io, and is the reason', () => {
  const io = testIo([]);
  io.interrupt('SIGTERM');
  assert.equal(io.signal.reason, 'SIGTERM');
});
