import { sanitize } from './sanitize.ts';

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly result: JunitResult;
  /** Lines of what was said. */
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** A failure is a "no", an error something that could not be done. `text` has lines. */
export type JunitResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text?: string }
  | { readonly kind: 'skipped'; readonly message: string };

/**
 * A JUnit report, as Jenkins, GitLab and others read it. Texts of a cluster are made visible here: XML has no way to write a control
 * character.
 * @param time RFC 3339, of the run
 */
export function junitDocument(name: string, suites: readonly JunitSuite[], time: string): string {
  const { tests, failures, errors } = countsOf(suites.flatMap(({ cases }) => cases));
  const body = suites.map((suite) => suiteElement(suite, time)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name=${quoted(name)}${attributes({ tests, failures, errors })}>\n${body}</testsuites>\n`;
}

function suiteElement({ name, cases }: JunitSuite, time: string): string {
  const body = cases.map(caseElement).join('');
  return `  <testsuite name=${quoted(name)}${attributes(countsOf(cases))} timestamp=${quoted(time)}>\n${body}  </testsuite>\n`;
}

function caseElement({ classname, name, result, out, err }: JunitCase): string {
  const inner = [resultElement(result), outputElement('system-out', out), outputElement('system-err', err)].join('');
  const head = `    <testcase classname=${quoted(classname)} name=${quoted(name)}`;
  return inner === '' ? `${head}/>\n` : `${head}>\n${inner}    </testcase>\n`;
}

function resultElement(result: JunitResult): string {
  switch (result.kind) {
    case 'passed':
      return '';
    case 'skipped':
      return `      <skipped message=${quoted(result.message)}/>\n`;
    case 'failure':
    case 'error': {
      const { kind, type, message, text } = result;
      const head = `      <${kind} type=${quoted(type)} message=${quoted(message)}`;
      return text === undefined ? `${head}/>\n` : `${head}>${content(text)}</${kind}>\n`;
    }
  }
}

function outputElement(name: 'system-out' | 'system-err', lines: readonly string[]): string {
  return lines.length === 0 ? '' : `      <${name}>${content(lines.join('\n'))}</${name}>\n`;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function countsOf(cases: readonly JunitCase[]): Counts {
  const number = (kind: JunitResult['kind']) => cases.filter(({ result }) => result.kind === kind).length;
  return { tests: cases.length, failures: number('failure'), errors: number('error'), skipped: number('skipped') };
}

function attributes(counts: Partial<Counts>): string {
  return Object.entries(counts)
    .map(([name, count]) => ` ${name}="${count}"`)
    .join('');
}

function quoted(text: string): string {
  return `"${escaped(sanitize(text))}"`;
}

function content(text: string): string {
  return escaped(text.split('\n').map(sanitize).join('\n'));
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(noXml, '\ufffd');
}

/** What XML 1.0 does not have, besides controls. */
const noXml = /[\ufffe\uffff]/g;
