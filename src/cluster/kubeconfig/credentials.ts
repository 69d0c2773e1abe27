import { type Clock, systemClock } from '../clock.ts';
import { fileErrorReason, readFileLimited } from '../files/read-file.ts';
import { limits } from '../limits.ts';
import { type ClientCertificate, clientCertificateOf } from './client-certificate.ts';
import type { ExecCredential, ExecSurroundings } from './exec-plugin.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import { Secret } from './secret.ts';

/** Who we are to the server, looked up when it is needed and not before. */
export interface Credentials {
  /** The value of the Authorization header. */
  authorization(): Promise<Secret | undefined>;
  clientCertificate(): Promise<ClientCertificate | undefined>;
  /** After a 401 to that header: true when there is another one to try. */
  refresh(rejected: Secret | undefined): Promise<boolean>;
}

export interface CredentialSurroundings extends Omit<ExecSurroundings, 'clock' | 'today'> {
  /** A sentence for stderr. */
  readonly onNote: (sentence: string) => void;
  readonly clock?: Clock;
  /** Wall clock, for the expiry that a plugin names. */
  readonly today?: () => Date;
}

/**
 * The user's credentials in kubectl's order: user name with password, the token file and the token in front of
 * auth-provider and exec, which run only when nothing else gives an Authorization header. A client certificate goes with any.
 * A server without TLS gets none of them.
 */
export function credentialsOf(access: ClusterAccess, surroundings: CredentialSurroundings): Credentials {
  const { user } = access;
  if (!access.server.secure) return nobody;
  const certificate = (): Promise<ClientCertificate | undefined> => Promise.resolve(clientCertificateOf(access));
  if (user.username !== undefined || user.password !== undefined) {
    const basic = Buffer.from(`${user.username ?? ''}:${user.password?.reveal() ?? ''}`).toString('base64');
    return { ...nobody, authorization: () => Promise.resolve(new Secret(`Basic ${basic}`)), clientCertificate: certificate };
  }
  if (user.tokenFile !== undefined) {
    return { ...fromTokenFile(user.tokenFile, user.token, surroundings.clock ?? systemClock), clientCertificate: certificate };
  }
  if (user.token !== undefined) {
    const header = bearer(user.token.reveal(), 'the token');
    return { ...nobody, authorization: () => Promise.resolve(header), clientCertificate: certificate };
  }
  if (user.exec !== undefined) return fromPlugin(access, surroundings);
  if (user.authProvider !== undefined) return { ...fromAuthProvider(access, surroundings), clientCertificate: certificate };
  return { ...nobody, clientCertificate: certificate };
}

const nobody: Credentials = {
  authorization: () => Promise.resolve(undefined),
  clientCertificate: () => Promise.resolve(undefined),
  refresh: () => Promise.resolve(false),
};

/** @throws KubeconfigError, which does not show the token */
function bearer(token: string, source: string): Secret {
  const trimmed = token.trim();
  if (/[^\x21-\x7e]/.test(trimmed)) throw new KubeconfigError(`${source} has blanks or control characters inside: it is not a token`);
  return new Secret(`Bearer ${trimmed}`);
}

/** Read again after a minute, and at once after a 401; a readable file wins over a token beside it. */
function fromTokenFile(path: string, fallback: Secret | undefined, clock: Clock): Credentials {
  let header: Secret | undefined;
  let readAt = 0;
  const read = (): Secret => {
    const text = tokenFileText(path, fallback);
    if (text.trim() === '') throw new KubeconfigError(`the token file ${path} is empty`);
    readAt = clock.now();
    header = bearer(text, `the token file ${path}`);
    return header;
  };
  return {
    ...nobody,
    authorization: async () => (header === undefined || clock.now() - readAt > limits.tokenFileAge ? read() : header),
    refresh: async (rejected) => read().reveal() !== rejected?.reveal(),
  };
}

function tokenFileText(path: string, fallback: Secret | undefined): string {
  try {
    return new TextDecoder().decode(readFileLimited(path, limits.execOutputBytes));
  } catch (error) {
    if (fallback !== undefined) return fallback.reveal();
    throw new KubeconfigError(`cannot read the token file ${path}: ${fileErrorReason(error)}`, { cause: error });
  }
}

/** One run serves until the credential expires; a 401 runs the plugin again. */
function fromPlugin(access: ClusterAccess, surroundings: CredentialSurroundings): Credentials {
  const today = surroundings.today ?? (() => new Date());
  let current: Promise<ExecCredential> | undefined;
  let expires: number | undefined;
  const credential = async (): Promise<ExecCredential> => {
    if (expires !== undefined && today().getTime() > expires - limits.execExpiryMargin) {
      current = undefined;
      expires = undefined;
    }
    current ??= run();
    return current;
  };
  const run = async (): Promise<ExecCredential> => {
    const { runExecPlugin } = await import('./exec-plugin.ts');
    const found = await runExecPlugin(access, { ...surroundings, clock: surroundings.clock ?? systemClock, today });
    expires = found.expires?.getTime();
    return found;
  };
  return {
    authorization: async () => {
      const { token } = await credential();
      return token === undefined ? undefined : bearer(token.reveal(), 'the token of the credential plugin');
    },
    clientCertificate: async () => (await credential()).certificate ?? clientCertificateOf(access),
    refresh: async (rejected) => {
      // Requests in flight together are refused together: the first one's refresh serves them all.
      const token = await current?.then((found) => found.token?.reveal());
      if (rejected === undefined || token === undefined || rejected.reveal() === `Bearer ${token.trim()}`) current = undefined;
      return true;
    },
  };
}

/** Asked for once, and again after a refusal: every renewal may cost a refresh token. */
function fromAuthProvider(access: ClusterAccess, surroundings: CredentialSurroundings): Credentials {
  let current: Promise<Secret | undefined> | undefined;
  const ask = async (): Promise<Secret | undefined> => {
    const { oidcToken } = await import('./oidc.ts');
    return oidcToken(access, surroundings);
  };
  return {
    ...nobody,
    authorization: async () => {
      current ??= ask();
      const token = await current;
      return token === undefined ? undefined : bearer(token.reveal(), 'the OIDC token');
    },
    refresh: async (rejected) => {
      const token = await current;
      if (rejected?.reveal() === `Bearer ${token?.reveal().trim()}`) current = undefined;
      return true;
    },
  };
}
