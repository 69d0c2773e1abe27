/** Longer texts are refused unread: no address, time or identifier comes near, and a pattern should not have to chew on them. */
const longest = 64 * 1024;

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const timePattern = /^(\d{2}):(\d{2}):(\d{2})(.\d+)?(z|[+-]\d{2}:\d{2})$/s;
const goDuration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const durationPart = /\d+\s*([A-Za-zµ]+)/g;
const durationWords = new Set(['ns', 'us', 'µs', 'ms', 's', 'm', 'h', 'hr', 'd', 'w', 'wk']);
const durationPrefixes = ['nano', 'micro', 'milli', 'sec', 'min', 'hour', 'day', 'week'];

/** Of the formats that kube-apiserver checks those that VM Operator's schemas may use; int32 and int64 are not checked. */
const checks: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['datetime', isDateTime],
  ['duration', isDuration],
  ['uuid', (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text)],
  ['uuid3', (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text)],
  ['uuid4', (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i.test(text)],
  ['uuid5', (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i.test(text)],
  [
    'mac',
    (text) =>
      /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}(?:(?:[0-9a-f]{2}\1){2})?[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2,3}[0-9a-f]{4})$/i.test(text),
  ],
]);

/** Whether a text has the form that a schema's `format` asks for. Unknown formats accept everything. */
export function matchesFormat(format: string, text: string): boolean {
  const check = checks.get(format.replaceAll('-', ''));
  return check === undefined || (text.length <= longest && check(text));
}

/** The formats for which kube-apiserver lets any text through its type check. */
export function isCheckedFormat(format: string): boolean {
  return checks.has(format.replaceAll('-', ''));
}

function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  const parts = time === undefined ? null : timePattern.exec(time);
  if (parts === null || !isDate(date)) return false;
  const [, hours = '', minutes = '', seconds = ''] = parts;
  return hours <= '23' && minutes <= '59' && seconds <= '59';
}

/** Go's durations, or a number and a unit somewhere in the text: `3 days`. */
function isDuration(text: string): boolean {
  if (goDuration.test(text)) return true;
  for (const [, unit = ''] of text.matchAll(durationPart)) {
    const word = unit.toLowerCase();
    if (durationWords.has(word) || durationPrefixes.some((prefix) => word.startsWith(prefix))) return true;
  }
  return false;
}
