/** The first place where a text stops being one JSON value, and what was expected there. Undefined when it is valid. */
export function jsonSyntaxError(
  text: string,
  start: number,
  end: number,
): { readonly offset: number; readonly message: string } | undefined {
  const open: string[] = [];
  let expected: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma' = 'value';
  for (let at = afterBlanks(text, start); at < end; at = afterBlanks(text, at)) {
    const sign = text[at] ?? '';
    const fail = { offset: at, message: messageFor(expected, open.at(-1)) };
    if (expected === 'comma') {
      const container = open.at(-1);
      if (container === undefined) return { offset: at, message: 'nothing more is expected here' };
      if (sign === ',') expected = container === '{' ? 'key' : 'value';
      else if (sign === (container === '{' ? '}' : ']')) open.pop();
      else return fail;
      at++;
    } else if (expected === 'colon') {
      if (sign !== ':') return fail;
      expected = 'value';
      at++;
    } else if ((expected === 'key or }' && sign === '}') || (expected === 'value or ]' && sign === ']')) {
      open.pop();
      expected = 'comma';
      at++;
    } else if (expected === 'key' || expected === 'key or }') {
      const length = lengthOf(stringToken, text, at);
      if (length === 0) return fail;
      expected = 'colon';
      at += length;
    } else if (sign === '{' || sign === '[') {
      open.push(sign);
      expected = sign === '{' ? 'key or }' : 'value or ]';
      at++;
    } else {
      const length = lengthOf(stringToken, text, at) || lengthOf(wordToken, text, at);
      if (length === 0) return fail;
      expected = 'comma';
      at += length;
    }
  }
  return expected === 'comma' && open.length === 0 ? undefined : { offset: end, message: 'the text ends too early' };
}

const stringToken = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const wordToken = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.+-])/y;

function lengthOf(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.test(text) ? token.lastIndex - at : 0;
}

function afterBlanks(text: string, from: number): number {
  const blanks = /[ \t\r\n]*/y;
  blanks.lastIndex = from;
  blanks.test(text);
  return blanks.lastIndex;
}

function messageFor(expected: string, container: string | undefined): string {
  if (expected === 'comma') return `a comma or ${container === '{' ? '}' : ']'} is expected here`;
  if (expected === 'colon') return 'a colon is expected here';
  if (expected.startsWith('key')) return 'a key in double quotes is expected here';
  return 'a value is expected here: text in double quotes, a number, true, false, null, { or [';
}
