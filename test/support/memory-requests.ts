import { httpFace } from '../../src/apiserver/http/http.ts';
import { isWatch } from '../../src/apiserver/http/http-message.ts';
import { parseJson } from '../../src/cluster/json.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import { anApiServer } from './api-server.ts';
import type { RawClient } from './kubeconfig-requests.ts';

/** Requests as they are, to an API server in memory: what a socket would carry, without the socket. */
export function memoryRequests(): RawClient {
  const server = anApiServer({ profile: 'E' });
  const respond = httpFace({
    server,
    definitions: readCrdFiles('E'),
    toolVersion: 'test',
    // Whoever asks here sends JSON, which is YAML too.
    parsers: { json: parseJson, yaml: parseJson },
  });
  return {
    async send({ method, path: pathAndQuery, body, contentType = 'application/json' }) {
      const [path = '', query = ''] = pathAndQuery.split('?');
      const headers = { accept: 'application/json', 'user-agent': 'raw', 'content-type': body === undefined ? undefined : contentType };
      const sent = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
      const answer = respond({ method, path, query, headers, body: sent });
      if (isWatch(answer) || typeof answer.body !== 'string') throw new Error(`${method} ${pathAndQuery} was not answered with an object`);
      return { code: answer.status, body: JSON.parse(answer.body), warnings: answer.warnings };
    },
    close() {},
  };
}
