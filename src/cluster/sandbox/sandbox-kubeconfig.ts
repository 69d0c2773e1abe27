import { readFileSync, rmSync, writeFileSync } from 'node:fs';

export interface SandboxAccess {
  /** `https://127.0.0.1:41231` */
  readonly server: string;
  /** PEM. */
  readonly authority: string;
  readonly token: string;
}

/** A kubeconfig whose cluster, user and context are all called `sandbox`. */
export function sandboxKubeconfig({ server, authority, token }: SandboxAccess): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: sandbox
  cluster:
    server: ${server}
    certificate-authority-data: ${Buffer.from(authority, 'utf8').toString('base64')}
contexts:
- name: sandbox
  context:
    cluster: sandbox
    user: sandbox
    namespace: default
current-context: sandbox
users:
- name: sandbox
  user:
    token: ${token}
`;
}

/** A kubeconfig file of ours. */
export interface WrittenKubeconfig {
  readonly path: string;
  /** Takes the file away if it is still the one that was written; somebody else's is left alone. Safe to call twice. */
  remove(): void;
}

/**
 * Creates the file for its owner alone. A file or a link of that name is never followed nor overwritten, unless `force`
 * takes it away first.
 * @throws Error of node:fs; its code is `EEXIST` when something of that name is there.
 */
export function writeKubeconfig(path: string, text: string, { force = false }: { readonly force?: boolean } = {}): WrittenKubeconfig {
  if (force) rmSync(path, { force: true });
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  return { path, remove: () => removeOurs(path, text) };
}

function removeOurs(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) rmSync(path);
  } catch {
    // It is gone, or no longer ours to read: nothing to clean up either way.
  }
}
