import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { anonymous } from '../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { issueSandboxCertificate, type SandboxCertificate } from '../../src/cluster/sandbox/sandbox-certificate.ts';
import { accessTo, faultServer, json, liveFor, portOf } from './fault-server.ts';

const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'prod' }, spec: {} };
const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
/** What a server with this certificate makes us say when we trust that authority. */
async function sentenceFor(
  { certificate, key }: SandboxCertificate,
  trust: string,
  options: ServerOptions = {},
): Promise<[string, string | undefined]> {
  const server = createServer({ cert: certificate, key, ...options }, (_request, response) => json(response, 200, web));
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server.address()))));
  await using live = liveFor(accessTo(`https://127.0.0.1:${port}`, { certificateAuthority: { data: Buffer.from(trust) } }));
  try {
    await live.cluster.get(ref);
    return ['it worked', undefined];
  } catch (error) {
    assert.ok(error instanceof Error);
    return [error.message, 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined];
  } finally {
    server.close();
  }
}

test('R019: what is wrong with a server’s certificate is said in one sentence, without the advice to look away', async () => {
  const good = issueSandboxCertificate(new Date());
  const expired = issueSandboxCertificate(new Date('2020-01-01T00:00:00Z'));
  const future = issueSandboxCertificate(new Date('2049-01-01T00:00:00Z'));
  assert.deepEqual(await sentenceFor(good, good.authority), ['it worked', undefined]);
  assert.deepEqual(await sentenceFor(expired, expired.authority), [
    "Unable to connect to the server: the server's certificate has expired",
    "renew it on the server, or correct this machine's clock",
  ]);
  assert.deepEqual(await sentenceFor(future, future.authority), [
    "Unable to connect to the server: the server's certificate is not valid yet",
    "is this machine's clock right?",
  ]);
  assert.deepEqual(await sentenceFor(good, issueSandboxCertificate(new Date()).authority), [
    "Unable to connect to the server: the server's certificate is signed by an unknown authority",
    'log in again to renew the certificate authority in the kubeconfig, or name it with --certificate-authority',
  ]);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
  const [sentence, hint] = await sentenceFor(good, good.authority, old);
  assert.match(sentence, /^Unable to connect to the server: 127\.0\.0\.1:\d+ speaks no version of TLS that is safe \(1\.2 or later\)$/);
  assert.equal(hint, undefined);
});

test('R009: the server is verified unless the kubeconfig says otherwise, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    await using server = await faultServer((response) => json(response, 200, web));
    for (const authority of [{}, { data: Buffer.from(issueSandboxCertificate(new Date()).authority) }]) {
      await using live = liveFor(server.access({ certificateAuthority: authority, user: anonymous, userName: undefined }), {
        env: process.env,
      });
      await assert.rejects(live.cluster.get(ref), {
        message: "Unable to connect to the server: the server's certificate is signed by an unknown authority",
      });
      assert.deepEqual(live.heard.notes, [
        'NODE_TLS_REJECT_UNAUTHORIZED is set and has no effect: the kubeconfig decides whether the server is verified',
      ]);
    }
    assert.equal(server.seen.length, 0);
    await using trusting = liveFor(server.access({ user: anonymous }));
    assert.deepEqual(await trusting.cluster.get(ref), web);
    await using skipping = liveFor(server.access({ certificateAuthority: {}, insecureSkipTlsVerify: true }));
    assert.deepEqual(await skipping.cluster.get(ref), web);
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
});

test('R019: a server is verified under the name that --tls-server-name gives it', async () => {
  await using server = await faultServer((response) => json(response, 200, web));
  await using right = liveFor(server.access({ tlsServerName: 'localhost' }));
  assert.deepEqual(await right.cluster.get(ref), web);
  await using wrong = liveFor(server.access({ tlsServerName: 'api.example' }));
  await assert.rejects(wrong.cluster.get(ref), {
    message:
      "Unable to connect to the server: the server's certificate is for another name: DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    hint: 'use one of its names as the server, or name the expected one with --tls-server-name',
  });
});

test('R017: certificates and keys that cannot be used are named with their field and file, and not shown', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-tls-'));
  after(() => rmSync(folder, { recursive: true }));
  const pair = issueSandboxCertificate(new Date());
  const stranger = issueSandboxCertificate(new Date());
  const data = (text: string): { readonly data: Uint8Array } => ({ data: Buffer.from(text) });
  const file = (name: string, text: string): { readonly file: string } => {
    writeFileSync(join(folder, name), text);
    return { file: join(folder, name) };
  };
  const lock = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'canary' } as const;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const broken = '-----BEGIN EC PRIVATE KEY-----\ncanary\n-----END EC PRIVATE KEY-----\n';
  const certificate = data(pair.certificate);
  const cases = [
    [
      { clientCertificate: certificate, clientKey: data(stranger.key) },
      'client-key-data of "tester" does not belong to client-certificate-data of "tester"',
    ],
    [
      { clientCertificate: file('me.crt', pair.certificate), clientKey: file('other.key', stranger.key) },
      `client-key ${folder}/other.key of "tester" does not belong to client-certificate ${folder}/me.crt of "tester"`,
    ],
    [{ clientCertificate: certificate, clientKey: data('canary') }, 'client-key-data of "tester" is not PEM'],
    [
      { clientCertificate: certificate, clientKey: file('empty.key', '') },
      `client-key ${folder}/empty.key of "tester" is not PEM: it is empty`,
    ],
    [
      { clientCertificate: { file: '/none.crt' }, clientKey: data(pair.key) },
      'cannot read client-certificate /none.crt of "tester": no such file or directory',
    ],
    [{ clientCertificate: certificate, clientKey: data(broken) }, 'client-key-data of "tester" cannot be read as PEM'],
    [
      { clientCertificate: data(pair.certificate.replace(/\n[^-]+/, '\ncanary\n')), clientKey: data(pair.key) },
      'client-certificate-data of "tester" cannot be read as PEM',
    ],
    ...(['pkcs8', 'sec1'] as const).map(
      (type) =>
        [
          { clientCertificate: certificate, clientKey: file(`${type}.key`, privateKey.export({ ...lock, type }).toString()) },
          `client-key ${folder}/${type}.key of "tester" is encrypted, which is not supported: decrypt it`,
        ] as const,
    ),
  ] as const;
  await using server = await faultServer((response) => json(response, 200, web));
  for (const [user, message] of cases) {
    await using live = liveFor(server.access({ user: { ...anonymous, ...user } }));
    await assert.rejects(live.cluster.get(ref), (error) => {
      assert.ok(error instanceof Error);
      assert.deepEqual([error.name, error.message], ['KubeconfigError', message]);
      assert.doesNotMatch(inspect(error), /canary/);
      return true;
    });
  }
  for (const [authority, message] of [
    [data(''), 'certificate-authority-data of "test" is not PEM: it is empty'],
    [file('ca.pem', ''), `certificate-authority ${folder}/ca.pem of "test" is not PEM: it is empty`],
  ] as const) {
    await using live = liveFor(server.access({ certificateAuthority: authority }));
    await assert.rejects(live.cluster.get(ref), { name: 'KubeconfigError', message });
  }
  assert.equal(server.seen.length, 0);
});
