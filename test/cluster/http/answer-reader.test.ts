import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AnswerReader } from '../../../src/cluster/http/answer-reader.ts';

/** What a reader tells of bytes that come in these pieces; `failure` is the code that it failed with. */
function read(pieces: readonly string[], options: { readonly closes?: boolean } = {}) {
  const told = { code: 0, reason: '', headers: {} as object, body: '', keptFor: undefined as number | undefined };
  const reader = new AnswerReader({
    head: ({ code, reason, headers }) => Object.assign(told, { code, reason, headers: { ...headers } }),
    chunk: (bytes) => {
      told.body += bytes.toString('latin1');
    },
    end: (keptFor) => {
      assert.equal(told.keptFor, undefined, 'an answer ends once');
      told.keptFor = keptFor;
    },
  });
  try {
    for (const piece of pieces) if (told.keptFor === undefined) reader.push(Buffer.from(piece, 'latin1'));
    if (options.closes) reader.finish();
    return told;
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error, String(error));
    return { ...told, failure: error.code };
  }
}

const forever = Number.POSITIVE_INFINITY;

test('a body is as long as its length, its chunks or the connection say', () => {
  const cases: [answer: string, body: string, keptFor: number][] = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', '{}', forever],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '', forever],
    ['HTTP/1.1 204 No Content\r\n\r\n', '', forever],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n', 'abcde', forever],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n', '0123456789', forever],
    ['HTTP/1.1 200 OK\r\n\r\nuntil the end', 'until the end', 0],
    ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}', '{}', 0],
    ['HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}', '{}', forever],
    ['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}', '{}', 0],
    ['HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=9\r\nContent-Length: 2\r\n\r\n{}', '{}', 4000],
    ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', '{}', forever],
    // What speaks on after its end is not asked again.
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n', '{}', 0],
    // A length beside chunks is a trap for whoever sits in between; the chunks count.
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n', 'a', 0],
  ];
  for (const [answer, body, keptFor] of cases) {
    const told = read([answer], { closes: true });
    assert.deepEqual({ body: told.body, keptFor: told.keptFor, failure: 'failure' in told }, { body, keptFor, failure: false }, answer);
  }
});

test('it does not matter where the bytes of an answer are cut', () => {
  const answer =
    'HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n11\r\n, my dear worlds!\r\n0\r\nTrailer: 1\r\n\r\n';
  const whole = read([answer]);
  assert.equal(whole.body, 'hello, my dear worlds!');
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: answer.length - 1 })), (cuts) => {
      const ends = [0, ...cuts.sort((a, b) => a - b), answer.length];
      assert.deepEqual(read(ends.slice(1).map((end, index) => answer.slice(ends[index], end))), whole);
    }),
  );
});

test('headers have names in lower case, and those that come twice stand behind each other where that means something', () => {
  const lines = ['Warning: 299 - "a"', 'WARNING:299 - "b" ', 'Content-Type: application/json', 'Content-Type: text/html', '__proto__: x'];
  assert.deepEqual(
    { ...read([`HTTP/1.1 200 \r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`]), headers: undefined },
    { code: 200, reason: '', headers: undefined, body: '', keptFor: forever },
  );
  const { headers } = read([`HTTP/1.1 200 Fine and dandy\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`]);
  assert.deepEqual(Object.entries(headers), [
    ['warning', '299 - "a", 299 - "b"'],
    ['content-type', 'application/json'],
    ['__proto__', 'x'],
    ['content-length', '0'],
  ]);
});

test('what is not HTTP, or not certain, is refused', () => {
  const cases: [answer: string, failure: string][] = [
    ['SSH-2.0-OpenSSH_9.6\r\n', 'NOT_HTTP'],
    ['\x15\x03\x01\x00\x02\x02\x16', 'NOT_HTTP'],
    ['HTTP/2.0 200 OK\r\n\r\n', 'NOT_HTTP'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'HPE_INVALID'],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'HPE_INVALID'],
    ['HTTP/1.1 200 OK\r\nNo colon\r\n\r\n', 'HPE_INVALID'],
    ['HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n', 'HPE_INVALID'],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'HPE_INVALID'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'HPE_INVALID'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'HPE_INVALID'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n', 'HPE_INVALID'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, 'HPE_HEADER_OVERFLOW'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', 'ECONNRESET'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'ECONNRESET'],
    ['HTTP/1.1 200 OK\r\nContent-Le', 'ECONNRESET'],
    ['', 'ECONNRESET'],
  ];
  for (const [answer, failure] of cases) assert.equal({ failure: '', ...read([answer], { closes: true }) }.failure, failure, answer);
});
