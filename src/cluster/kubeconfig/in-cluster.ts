import { anonymous, type UserEntry } from './kubeconfig-entries.ts';
import type { DataOrFile } from './kubeconfig-fields.ts';
import type { KubeconfigSource } from './kubeconfig-files.ts';
import { type ServerAddress, serverAddress } from './server-address.ts';

const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
const smallFile = 64 * 1024;

export interface InCluster {
  readonly server: ServerAddress;
  readonly certificateAuthority: DataOrFile;
  readonly user: UserEntry;
  readonly namespace: string;
}

/** A pod's own service account: only where Kubernetes set the address and left a token. */
export function inCluster(source: KubeconfigSource): InCluster | undefined {
  const host = source.env.KUBERNETES_SERVICE_HOST ?? '';
  const port = source.env.KUBERNETES_SERVICE_PORT ?? '';
  if (host === '' || port === '' || smallText(source, `${folder}/token`) === undefined) return undefined;
  const server = serverAddress(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (server === undefined) return undefined;
  const namespace = source.env.POD_NAMESPACE || smallText(source, `${folder}/namespace`)?.trim() || 'default';
  return {
    server,
    certificateAuthority: { file: `${folder}/ca.crt` },
    user: { ...anonymous, tokenFile: `${folder}/token` },
    namespace,
  };
}

function smallText(source: KubeconfigSource, path: string): string | undefined {
  try {
    return new TextDecoder().decode(source.readFile(path, smallFile));
  } catch {
    return undefined;
  }
}
