import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymous } from '../../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { oidcToken } from '../../../src/cluster/kubeconfig/oidc.ts';
import { accessTo } from '../fault-server.ts';

/** A token that nobody signed; only its end matters here. */
function jwt(expires: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: expires })}.sig`;
}

function tokenFor(config: Readonly<Record<string, string>>): Promise<string | undefined> {
  const authProvider = { name: 'oidc', config: new Map(Object.entries(config)) };
  return oidcToken(accessTo('https://api.example', { user: { ...anonymous, authProvider } }), () => {}).then((token) => token?.reveal());
}

test('an OIDC token that is still good is used as it is', async () => {
  const token = jwt(4_000_000_000);
  assert.equal(
    await tokenFor({ 'id-token': token, 'refresh-token': 'r', 'idp-issuer-url': 'https://issuer.invalid', 'client-id': 'c' }),
    token,
  );
});

test('R015: an expired token that nobody can renew is said to be so', async () => {
  await assert.rejects(tokenFor({ 'id-token': jwt(1) }), {
    name: 'KubeconfigError',
    message: 'the OIDC token of user "tester" has expired and cannot be renewed',
    hint: 'log in again',
  });
  await assert.rejects(
    tokenFor({ 'id-token': jwt(1), 'refresh-token': 'r', 'idp-issuer-url': 'https://issuer.invalid', 'client-id': 'c' }),
    {
      name: 'KubeconfigError',
      message: 'the OIDC token of user "tester" has expired and https://issuer.invalid did not renew it',
      hint: 'log in again',
    },
  );
});
