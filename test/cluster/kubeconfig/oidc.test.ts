import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymous } from '../../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { oidcToken } from '../../../src/cluster/kubeconfig/oidc.ts';
import { accessTo, type FaultServer, faultServer, json, liveFor } from '../fault-server.ts';

/** A token that nobody signed; only its end matters here. */
function jwt(expires: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: expires })}.sig`;
}

function tokenFor(config: Readonly<Record<string, string>>): Promise<string | undefined> {
  const authProvider = { name: 'oidc', config: new Map(Object.entries(config)) };
  return oidcToken(accessTo('https://api.example', { user: { ...anonymous, authProvider } }), { env: {}, onNote: () => {} }).then((token) =>
    token?.reveal(),
  );
}

test('an OIDC token that is still good is used as it is', async () => {
  const token = jwt(4_000_000_000);
  assert.equal(
    await tokenFor({ 'id-token': token, 'refresh-token': 'r', 'idp-issuer-url': 'https://issuer.invalid', 'client-id': 'c' }),
    token,
  );
});

test('R015: an expired token that nobody can renew is said to be so', async () => {
  const whole = { 'id-token': jwt(1), 'refresh-token': 'r', 'idp-issuer-url': 'https://issuer.invalid', 'client-id': 'c' };
  const expired = 'the OIDC token of user "tester" has expired, and without';
  const rejections: readonly [lost: Partial<typeof whole>, message: string, hint: string][] = [
    [{ 'refresh-token': '' }, `${expired} refresh-token in the kubeconfig it cannot be renewed`, 'log in again'],
    [
      { 'idp-issuer-url': '' },
      `${expired} idp-issuer-url in the kubeconfig it cannot be renewed`,
      'add idp-issuer-url to auth-provider.config of the user, or log in again',
    ],
    [
      { 'idp-issuer-url': '', 'client-id': '', 'refresh-token': '' },
      `${expired} idp-issuer-url and client-id and refresh-token in the kubeconfig it cannot be renewed`,
      'add idp-issuer-url and client-id to auth-provider.config of the user, or log in again',
    ],
    [
      { 'id-token': '', 'refresh-token': '' },
      'user "tester" has no OIDC token (id-token), and without refresh-token in the kubeconfig it cannot be renewed',
      'log in again',
    ],
  ];
  for (const [lost, message, hint] of rejections) {
    await assert.rejects(tokenFor({ ...whole, ...lost }), { name: 'KubeconfigError', message, hint });
  }
  await assert.rejects(
    tokenFor({ 'id-token': jwt(1), 'refresh-token': 'r', 'idp-issuer-url': 'https://issuer.invalid', 'client-id': 'c' }),
    {
      name: 'KubeconfigError',
      message: 'the OIDC token of user "tester" has expired and https://issuer.invalid did not renew it: no such host issuer.invalid',
      hint: 'log in again',
    },
  );
});

interface Issuer {
  /** Who may renew, as `Authorization`; without it the client names itself in the body. */
  readonly basic: boolean;
  /** What comes back beside the id token. */
  readonly refreshToken?: string;
}

const basic = `Basic ${Buffer.from('client:s3%3Acret').toString('base64')}`;

/** An issuer over TLS that renews the refresh token `old`, as the OpenID Connect specification has it. */
async function issuer(options: Issuer): Promise<FaultServer> {
  const server: FaultServer = await faultServer((response, { path, body, headers }) => {
    if (path === '/realm/.well-known/openid-configuration') {
      return json(response, 200, { issuer: `${server.url}/realm`, token_endpoint: `${server.url}/realm/token` });
    }
    const fields = new URLSearchParams(body);
    const named = options.basic
      ? headers.authorization === basic
      : fields.get('client_secret') === 's3:cret' && fields.get('client_id') === 'client';
    if (!named) return json(response, 401, { error: 'invalid_client', error_description: 'canary' });
    if (fields.get('grant_type') !== 'refresh_token' || fields.get('refresh_token') !== 'old') {
      return json(response, 400, { error: 'invalid_grant', error_description: 'canary' });
    }
    json(response, 200, {
      access_token: 'access',
      token_type: 'Bearer',
      id_token: jwt(4_000_000_000),
      ...(options.refreshToken === undefined ? {} : { refresh_token: options.refreshToken }),
    });
  });
  return server;
}

const configFor = (server: FaultServer) => ({
  'id-token': jwt(1),
  'refresh-token': 'old',
  'client-id': 'client',
  'client-secret': 's3:cret',
  'idp-issuer-url': `${server.url}/realm`,
  'idp-certificate-authority-data': Buffer.from(server.authority).toString('base64'),
});

test('R015: the issuer renews an expired token; that it gave another refresh token is said, and the kubeconfig is left alone', async () => {
  const replaced =
    'the OIDC issuer replaced the refresh token, and the kubeconfig keeps the old one: log in again when kubectl asks for it';
  const asked = ['GET /realm/.well-known/openid-configuration', 'POST /realm/token'];
  const cases: [Issuer, notes: string[], asked: string[]][] = [
    [{ basic: true }, [], asked],
    [{ basic: true, refreshToken: 'old' }, [], asked],
    [{ basic: true, refreshToken: 'new' }, [replaced], asked],
    [{ basic: false }, [], [...asked, 'POST /realm/token']],
  ];
  for (const [how, notes, requests] of cases) {
    await using server = await issuer(how);
    const config = new Map(Object.entries(configFor(server)));
    const before = [...config];
    const said: string[] = [];
    const access = accessTo('https://api.example', { user: { ...anonymous, authProvider: { name: 'oidc', config } } });
    const token = await oidcToken(access, { env: {}, onNote: (note) => said.push(note) });
    assert.equal(token?.reveal(), jwt(4_000_000_000));
    assert.deepEqual(said, notes);
    assert.deepEqual([...config], before);
    assert.deepEqual(
      server.seen.map(({ method, path }) => `${method} ${path}`),
      requests,
    );
  }
});

test('R015: with a refresh token alone the issuer gives the first token, as to kubectl', async () => {
  await using server = await issuer({ basic: true });
  const { 'id-token': _, ...config } = configFor(server);
  assert.equal(await tokenFor(config), jwt(4_000_000_000));
  await assert.rejects(tokenFor({ ...config, 'refresh-token': 'canary' }), {
    message: `user "tester" has no OIDC token, and ${server.url}/realm did not give one: it answered 400 Bad Request: invalid_grant`,
  });
});

test('R015: what an issuer refuses is named, and so is one that nobody vouches for; no secret is', async () => {
  await using server = await issuer({ basic: true });
  const refused = (reason: string) => ({
    name: 'KubeconfigError',
    message: `the OIDC token of user "tester" has expired and ${server.url}/realm did not renew it: ${reason}`,
    hint: 'log in again',
  });
  await assert.rejects(
    tokenFor({ ...configFor(server), 'refresh-token': 'canary' }),
    refused('it answered 400 Bad Request: invalid_grant'),
  );
  await assert.rejects(
    tokenFor({ ...configFor(server), 'client-secret': 'canary' }),
    refused('it answered 401 Unauthorized: invalid_client'),
  );
  const asked = server.seen.length;
  await assert.rejects(
    tokenFor({ ...configFor(server), 'idp-certificate-authority-data': '' }),
    refused("the server's certificate is signed by an unknown authority"),
  );
  assert.equal(server.seen.length, asked);
  await assert.rejects(tokenFor({ ...configFor(server), 'idp-issuer-url': 'http://issuer.invalid' }), {
    message:
      'the OIDC token of user "tester" has expired and http://issuer.invalid did not renew it: its address is not https, and a token would be sent to it',
  });
});

test('R015: a run of many requests renews an expired token once', async () => {
  await using idp = await issuer({ basic: true });
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'prod' } };
  await using server = await faultServer((response) => json(response, 200, service));
  const authProvider = { name: 'oidc', config: new Map(Object.entries(configFor(idp))) };
  await using live = liveFor(server.access({ user: { ...anonymous, authProvider } }));
  const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
  await Promise.all([live.cluster.get(ref), live.cluster.get(ref), live.cluster.get(ref)]);
  assert.deepEqual(
    server.seen.map(({ headers }) => headers.authorization),
    Array.from({ length: 3 }, () => `Bearer ${jwt(4_000_000_000)}`),
  );
  assert.equal(idp.seen.filter(({ method }) => method === 'POST').length, 1);
});
