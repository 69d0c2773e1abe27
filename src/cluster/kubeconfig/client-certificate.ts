import { fileErrorReason, readFileLimited } from '../files/read-file.ts';
import { limits } from '../limits.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { type DataOrFile, KubeconfigError } from './kubeconfig-entries.ts';
import { Secret } from './secret.ts';

/** PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: Secret;
}

/** The certificate that the kubeconfig or the flags name. @throws KubeconfigError when a file cannot be used */
export function clientCertificateOf({ user, userName }: ClusterAccess): ClientCertificate | undefined {
  const certificate = pemOf(user.clientCertificate, 'client-certificate', userName);
  const key = pemOf(user.clientKey, 'client-key', userName);
  return certificate === undefined || key === undefined ? undefined : { certificate, key: new Secret(key) };
}

/** The text of a certificate or key. @throws KubeconfigError that names the field and the file, never the content */
export function pemOf({ data, file }: DataOrFile, field: string, owner: string | undefined): string | undefined {
  if (data === undefined && file === undefined) return undefined;
  const place = `${field}${data === undefined ? ` ${file}` : '-data'} of "${owner ?? ''}"`;
  const text = new TextDecoder().decode(data ?? readPem(file ?? '', place));
  if (!text.includes('-----BEGIN ')) throw new KubeconfigError(`${place} is not PEM${text.trim() === '' ? ': it is empty' : ''}`);
  return text;
}

function readPem(file: string, place: string): Uint8Array {
  try {
    return readFileLimited(file, limits.execOutputBytes);
  } catch (error) {
    throw new KubeconfigError(`cannot read ${place}: ${fileErrorReason(error)}`, { cause: error });
  }
}
