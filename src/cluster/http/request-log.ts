import type { IncomingHttpHeaders } from 'node:http';
import type { ServerAddress } from '../kubeconfig/server-address.ts';
import type { Outgoing } from './exchange.ts';

/** `-v`: from 6 a line a request, from 7 headers, from 8 bodies cut, from 9 whole bodies and curl. */
export interface RequestLog {
  readonly verbosity: number;
  /** One line, as it is: whoever prints it escapes it. */
  write(line: string): void;
}

const cutAfter = 1024;
const secretHeader = /^(?:authorization|proxy-authorization|cookie|set-cookie|x-.*token.*)$/i;

export function logRequest(log: RequestLog, { method, path, headers, body }: Outgoing, server: ServerAddress): void {
  if (log.verbosity >= 9) log.write(curlLine(method, server.url + path, headers, body));
  if (log.verbosity >= 7) {
    log.write(`${method} ${server.url}${path}`);
    log.write('Request Headers:');
    logHeaders(log, headers);
  }
  if (log.verbosity >= 8 && body !== undefined) log.write(`Request Body: ${cut(body, log.verbosity)}`);
}

export function logAnswer(
  log: RequestLog,
  request: { readonly method: string; readonly url: string },
  answer: { readonly code: number; readonly reason: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer },
  milliseconds: number,
): void {
  if (log.verbosity >= 6) {
    log.write(`${request.method} ${request.url} ${answer.code} ${answer.reason} in ${Math.round(milliseconds)} milliseconds`);
  }
  if (log.verbosity >= 7) {
    log.write('Response Headers:');
    logHeaders(log, answer.headers);
  }
  if (log.verbosity >= 8) log.write(`Response Body: ${cut(answer.body.toString('utf8'), log.verbosity)}`);
}

export function logFailure(
  log: RequestLog,
  request: { readonly method: string; readonly url: string },
  sentence: string,
  milliseconds: number,
): void {
  if (log.verbosity >= 6) log.write(`${request.method} ${request.url} failed in ${Math.round(milliseconds)} milliseconds: ${sentence}`);
}

function logHeaders(log: RequestLog, headers: IncomingHttpHeaders | Outgoing['headers']): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) log.write(`    ${name}: ${secretHeader.test(name) ? '<masked>' : [value].flat().join(', ')}`);
  }
}

function curlLine(method: string, url: string, headers: Outgoing['headers'], body: string | undefined): string {
  const options = Object.entries(headers).flatMap(([name, value]) =>
    [value]
      .flat()
      .map((single) => (secretHeader.test(name) ? `-H "${name}: ${scheme(single)}$TOKEN"` : `-H ${quoted(`${name}: ${single}`)}`)),
  );
  const data = body === undefined ? [] : ['--data-binary', quoted(body)];
  return ['curl', '-v', `-X${method}`, ...options, ...data, quoted(url)].join(' ');
}

function scheme(header: string): string {
  return /^(?:Bearer|Basic) /.exec(header)?.[0] ?? '';
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function cut(body: string, verbosity: number): string {
  return verbosity >= 9 || body.length <= cutAfter ? body : `${body.slice(0, cutAfter)} [truncated ${body.length - cutAfter} chars]`;
}
