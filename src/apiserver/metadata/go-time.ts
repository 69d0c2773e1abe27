const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,]\d+)?(Z|[+-]\d{2}:\d{2})$/;
const layout = '2006-01-02T15:04:05Z07:00';

/** A time as kube-apiserver writes it back: whole seconds in UTC. The error says where Go's parser would have stopped. */
export function decodeTime(value: string): { readonly time: string } | { readonly error: string } {
  if (rfc3339.test(value)) {
    const milliseconds = Date.parse(value.replace(/[.,]\d+/, ''));
    if (!Number.isNaN(milliseconds)) return { time: new Date(milliseconds).toISOString().replace('.000Z', 'Z') };
    return { error: `parsing time ${JSON.stringify(value)}: out of range` };
  }
  const [rest, wanted] = stoppedAt(value);
  const parts = [layout, rest, wanted].map((part) => JSON.stringify(part));
  return { error: `parsing time ${JSON.stringify(value)} as ${parts[0]}: cannot parse ${parts[1]} as ${parts[2]}` };
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
