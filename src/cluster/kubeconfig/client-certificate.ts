import { fileErrorReason, readFileLimited } from '../files/read-file.ts';
import { limits } from '../limits.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import type { DataOrFile } from './kubeconfig-fields.ts';
import { Secret } from './secret.ts';

/** PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: Secret;
  /** Where either was written, for sentences: `client-key /home/u/me.key of "alice"`. */
  readonly places: { readonly certificate: string; readonly key: string };
}

/** The certificate that the kubeconfig or the flags name. @throws KubeconfigError when a file cannot be used */
export function clientCertificateOf({ user, userName }: ClusterAccess): ClientCertificate | undefined {
  const certificate = pemOf(user.clientCertificate, 'client-certificate', userName);
  const key = pemOf(user.clientKey, 'client-key', userName);
  if (certificate === undefined || key === undefined) return undefined;
  const places = {
    certificate: placeOf(user.clientCertificate, 'client-certificate', userName),
    key: placeOf(user.clientKey, 'client-key', userName),
  };
  return { certificate, key: new Secret(key), places };
}

/** The text of a certificate or key. @throws KubeconfigError that names the field and the file, never the content */
export function pemOf(source: DataOrFile, field: string, owner: string | undefined): string | undefined {
  const { data, file } = source;
  if (data === undefined && file === undefined) return undefined;
  const place = placeOf(source, field, owner);
  const text = new TextDecoder().decode(data ?? readPem(file ?? '', place));
  if (!text.includes('-----BEGIN ')) throw new KubeconfigError(`${place} is not PEM${text.trim() === '' ? ': it is empty' : ''}`);
  return text;
}

function placeOf({ data, file }: DataOrFile, field: string, owner: string | undefined): string {
  return `${field}${data === undefined ? ` ${file}` : '-data'} of "${owner ?? ''}"`;
}

function readPem(file: string, place: string): Uint8Array {
  try {
    return readFileLimited(file, limits.execOutputBytes);
  } catch (error) {
    throw new KubeconfigError(`cannot read ${place}: ${fileErrorReason(error)}`, { cause: error });
  }
}
