import { inMebibytes } from '../../core/mebibytes.ts';
import { type Clock, systemClock } from '../clock.ts';
import { ConnectionError } from '../cluster.ts';
import type { FileProblem } from '../files/manifest-files.ts';
import { limits } from '../limits.ts';
import { type WebAnswer, type WebSurroundings, webRequest } from './web-request.ts';

/**
 * A file from the web: nobody is logged in to anything, the server is verified by the system's authorities, and redirects are
 * followed, but not from https to http. What goes wrong is a sentence about the file.
 */
export async function download(url: URL, userAgent: string, surroundings: WebSurroundings): Promise<Uint8Array | FileProblem> {
  const clock = surroundings.clock ?? systemClock;
  const deadline = clock.now() + limits.downloadTimeout;
  let at = url;
  try {
    for (let redirects = 0; redirects <= limits.redirects; redirects += 1) {
      const answer = await patiently(
        () =>
          webRequest(
            { method: 'GET', url: at, headers: { 'user-agent': userAgent, accept } },
            { milliseconds: deadline - clock.now(), bytes: limits.manifestFileBytes },
            surroundings,
          ),
        clock,
        deadline,
      );
      if (answer.code < 300 || answer.code > 399) return contentOf(answer);
      const { location } = answer.headers;
      if (location === undefined || !URL.canParse(location, at.href))
        return { problem: `it is elsewhere (${answer.code}), and nobody says where` };
      const next = new URL(location, at);
      if (next.protocol !== 'https:' && next.protocol !== 'http:')
        return { problem: `it redirects to ${next.protocol}//, which is not fetched` };
      if (next.protocol === 'http:' && at.protocol === 'https:') return { problem: `it redirects from https to http, to ${next.host}` };
      at = next;
    }
    return { problem: `it redirects more than ${limits.redirects} times` };
  } catch (error) {
    if (error instanceof ConnectionError) {
      return { problem: `cannot be downloaded: ${error.message.replace(/^Unable to connect to the server: /, '')}` };
    }
    throw error;
  }
}

/** A server that has trouble is asked three times, as kubectl does. */
async function patiently(ask: () => Promise<WebAnswer>, clock: Clock, deadline: number): Promise<WebAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.code < 500 || tries === 3 || clock.now() + retryDelay >= deadline) return answer;
    await clock.sleep(retryDelay);
  }
}

const retryDelay = 1000;
const accept = 'application/yaml, application/json, text/plain, */*';

function contentOf({ code, reason, headers, body }: WebAnswer): Uint8Array | FileProblem {
  const mediaType = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (code !== 200) return { problem: `cannot be downloaded: the server answers ${`${code} ${reason}`.trim()}` };
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') {
    return { problem: 'it is a web page (text/html) and no manifest', hint: 'on a site that shows code, take the address of the raw file' };
  }
  return body ?? { problem: `it is larger than ${inMebibytes(limits.manifestFileBytes)}` };
}
