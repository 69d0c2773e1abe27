import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jsonComplaint } from '../../../src/apiserver/http/json-complaint.ts';

/** As kube-apiserver 1.33 answered patches like these. */
const answered: Readonly<Record<string, string>> = {
  '{bad': "invalid character 'b' looking for beginning of object key string",
  '': 'unexpected end of JSON input',
  '{': 'unexpected end of JSON input',
  '{"a":}': "invalid character '}' looking for beginning of value",
  '{"a" 1}': "invalid character '1' after object key",
  '{"a":1,}': "invalid character '}' looking for beginning of object key string",
  '[1,]': "invalid character ']' looking for beginning of value",
  '{"a":tru}': "invalid character '}' in literal true (expecting 'e')",
  '"x': 'unexpected end of JSON input',
  '{"a":"\\x"}': "invalid character 'x' in string escape code",
  '{} x': "invalid character 'x' after top-level value",
  '01': "invalid character '1' after top-level value",
  '1.': "invalid character ' ' after decimal point in numeric literal",
  '1e': "invalid character ' ' in exponent of numeric literal",
  '-': "invalid character ' ' in numeric literal",
  '{"a":1 "b":2}': "invalid character '\"' after object key:value pair",
  '[1 2]': "invalid character '2' after array element",
  '{"a":"x\ty"}': "invalid character '\\t' in string literal",
  '{"a":"\\u00g0"}': "invalid character 'g' in \\u hexadecimal character escape",
  nul: "invalid character ' ' in literal null (expecting 'l')",
  truex: "invalid character 'x' after top-level value",
  é: "invalid character 'Ã' looking for beginning of value",
};

describe('a text that is not JSON is told as Go tells it', () => {
  for (const [text, complaint] of Object.entries(answered)) {
    test(JSON.stringify(text), () => assert.equal(jsonComplaint(new TextEncoder().encode(text)), complaint));
  }
});

test('there is nothing to complain of in JSON, and nothing is said of what is nested too deep', () => {
  for (const text of [' {"a": [1, -2.5e+3, "\\u00e9ü", true, null, {}, []]}\n', '0', '"é"', '['.repeat(100_000)])
    assert.equal(jsonComplaint(new TextEncoder().encode(text)), undefined, text.slice(0, 50));
});
