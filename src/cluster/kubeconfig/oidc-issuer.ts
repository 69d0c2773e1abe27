import { ConnectionError } from '../cluster.ts';
import { type WebAnswer, type WebRequest, type WebSurroundings, webRequest } from '../http/web-request.ts';
import { limits } from '../limits.ts';
import type { Secret } from './secret.ts';

/** Whom an OpenID Connect issuer knows us as. */
export interface OidcClient {
  readonly issuer: URL;
  readonly id: string;
  /** Of clients that have one. */
  readonly secret: Secret | undefined;
}

export interface RenewedTokens {
  readonly idToken: string;
  /** Undefined when the old one stays good. */
  readonly refreshToken: string | undefined;
}

/**
 * New tokens from an issuer, for a refresh token. The client names itself in the header, and where that is refused in the body.
 *
 * Mirrors client-go's auth provider `oidc` and the oauth2 package that it uses.
 * @throws ConnectionError that says what the issuer did, and no secret
 */
export async function renewedTokens(client: OidcClient, refreshToken: Secret, surroundings: WebSurroundings): Promise<RenewedTokens> {
  const { issuer, id, secret } = client;
  if (issuer.protocol !== 'https:') throw new ConnectionError('its address is not https, and a token would be sent to it');
  const discovery = new URL(issuer);
  discovery.pathname = `${issuer.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { token_endpoint: place } = objectIn(await ask({ method: 'GET', url: discovery, headers: json }, surroundings));
  const endpoint = typeof place === 'string' && URL.canParse(place) ? new URL(place) : undefined;
  if (endpoint?.protocol !== 'https:') throw new ConnectionError('it names no place to ask for tokens');

  const grant = { grant_type: 'refresh_token', refresh_token: refreshToken.reveal() };
  const post = (headers: Readonly<Record<string, string>>, fields: Readonly<Record<string, string>>): Promise<WebAnswer> =>
    ask({ method: 'POST', url: endpoint, headers: { ...form, ...headers }, body: String(new URLSearchParams(fields)) }, surroundings);
  const named = `${encodeURIComponent(id)}:${encodeURIComponent(secret?.reveal() ?? '')}`;
  const inHeader = await post({ authorization: `Basic ${Buffer.from(named).toString('base64')}` }, grant);
  const inBody = { ...grant, client_id: id, ...(secret === undefined ? {} : { client_secret: secret.reveal() }) };
  const isKnown = inHeader.code < 400 || parsed(inHeader.body)?.error === 'invalid_grant';
  const answer = isKnown ? inHeader : await post({}, inBody);

  const { id_token: idToken, refresh_token: next } = objectIn(answer);
  if (typeof idToken !== 'string' || idToken === '') throw new ConnectionError('it gave no id_token');
  return { idToken, refreshToken: typeof next === 'string' && next !== '' ? next : undefined };
}

const json = { accept: 'application/json' };
const form = { ...json, 'content-type': 'application/x-www-form-urlencoded' };

function ask(request: WebRequest, surroundings: WebSurroundings): Promise<WebAnswer> {
  return webRequest(request, { milliseconds: limits.headersTimeout, bytes: limits.execOutputBytes }, surroundings);
}

function objectIn({ code, reason, body }: WebAnswer): Readonly<Record<string, unknown>> {
  const value = parsed(body);
  // `invalid_grant` and the like are words of the standard; a description is the issuer's own, and may be anything.
  const said = typeof value?.error === 'string' && /^[a-z_]{1,40}$/.test(value.error) ? `: ${value.error}` : '';
  if (code !== 200) throw new ConnectionError(`it answered ${`${code} ${reason}`.trim()}${said}`);
  if (value === undefined) throw new ConnectionError('its answer cannot be understood');
  return value;
}

function parsed(body: Buffer | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body?.toString() ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
