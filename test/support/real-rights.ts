import type { Json } from '../../src/model/object.ts';
import { type RawClient, rawClient } from './kubeconfig-requests.ts';

/** A kind that a user may read, as roles name it. */
export interface ReadableKind {
  readonly group: string;
  readonly resource: string;
  /** Both, unless it says so. */
  readonly verbs?: readonly ('get' | 'list')[];
}

/** The rights of the kubeconfig's user `dev` in one namespace of a real server. */
export interface DevRights {
  /** Lets the user read these kinds and no others, and waits until the server has understood. */
  readOnly(kinds: readonly ReadableKind[]): Promise<void>;
  close(): void;
}

/** @throws Error when the kubeconfig has no context `dev` */
export async function devRights(kubeconfig: string, namespace: string): Promise<DevRights> {
  const admin = await rawClient(kubeconfig);
  const dev = await rawClient(kubeconfig, { context: 'dev' });
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const role = (kinds: readonly ReadableKind[]): Json => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader' },
    rules: kinds.map(({ group, resource, verbs = both }) => ({ apiGroups: [group], resources: [resource], verbs })),
  });
  await mustSend(admin, 'POST', `${roles}/roles`, role([]));
  await mustSend(admin, 'POST', `${roles}/rolebindings`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dev' }],
  });
  const known = new Map<string, ReadableKind>();
  return {
    async readOnly(kinds) {
      for (const kind of kinds) known.set(`${kind.resource}.${kind.group}`, kind);
      await mustSend(admin, 'PUT', `${roles}/roles/reader`, role(kinds));
      for (const kind of known.values()) await untilKnown(dev, namespace, kind, kinds.includes(kind) ? (kind.verbs ?? both) : []);
    },
    close() {
      admin.close();
      dev.close();
    },
  };
}

const both = ['get', 'list'] as const;

/** Roles reach the authorizer a moment after they are stored. */
async function untilKnown(dev: RawClient, namespace: string, { group, resource }: ReadableKind, verbs: readonly string[]): Promise<void> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  for (const verb of both) {
    const allowed = verbs.includes(verb);
    const spec = { resourceAttributes: { namespace, verb, group, resource } };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
    for (let attempt = 0; ; attempt += 1) {
      const { status } = (await dev.send({ method: 'POST', path, body })).body;
      if (typeof status === 'object' && status !== null && 'allowed' in status && status.allowed === allowed) break;
      if (attempt === 500) throw new Error(`the server does not ${allowed ? 'allow' : 'forbid'} dev to ${verb} ${resource}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function mustSend(client: RawClient, method: 'POST' | 'PUT', path: string, body: Json): Promise<void> {
  const answer = await client.send({ method, path, body });
  if (answer.code >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
}
