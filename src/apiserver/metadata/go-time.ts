const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,]\d+)?(Z|[+-]\d{2}:\d{2})$/;
const layout = '2006-01-02T15:04:05Z07:00';

/** A time as kube-apiserver writes it back: whole seconds in UTC. The error says where Go's parser would have stopped. */
export function decodeTime(value: string): { readonly time: string } | { readonly error: string } {
  const parts = rfc3339.exec(value);
  if (parts !== null) {
    const odd = outOfRange(parts.slice(1, 7).map(Number));
    if (odd !== undefined) return { error: `parsing time ${JSON.stringify(value)}: ${odd} out of range` };
    const milliseconds = Date.parse(value.replace(/[.,]\d+/, ''));
    if (!Number.isNaN(milliseconds)) return { time: new Date(milliseconds).toISOString().replace('.000Z', 'Z') };
    return { error: `parsing time ${JSON.stringify(value)}: time zone offset hour out of range` };
  }
  const [rest, wanted] = stoppedAt(value).map((part) => JSON.stringify(part));
  return { error: `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${rest} as ${wanted}` };
}

/** Which part of a time there is not, as the thirtieth of February. */
function outOfRange([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]): string | undefined {
  if (month < 1 || month > 12) return 'month';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  if (second > 59) return 'second';
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day < 1 || day > days ? 'day' : undefined;
}

function stoppedAt(value: string): readonly [rest: string, wanted: string] {
  const steps: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d{2}/, '01'],
    [/^-/, '-'],
    [/^\d{2}/, '02'],
    [/^T/, 'T'],
    [/^\d{2}/, '15'],
    [/^:/, ':'],
    [/^\d{2}/, '04'],
    [/^:/, ':'],
    [/^\d{2}(?:[.,]\d+)?/, '05'],
    [/^(?:Z|[+-]\d{2}:\d{2})/, 'Z07:00'],
  ];
  let rest = value;
  for (const [pattern, wanted] of steps) {
    const found = pattern.exec(rest);
    if (found === null) return [rest, wanted];
    rest = rest.slice(found[0].length);
  }
  return [rest, ''];
}
