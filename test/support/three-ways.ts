import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import { jsonOf, serverMetadata } from '../../src/model/object.ts';

const root = resolve(import.meta.dirname, '../..');

/** Runs the user's kubectl, which finds the built tool on PATH. */
export function kubectl(
  words: readonly string[],
  kubeconfig: string,
  home: string,
  input = '',
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const path = [join(root, 'bin'), process.env.PATH ?? ''].join(delimiter);
  const env = { PATH: path, HOME: home, KUBECONFIG: kubeconfig, LANG: 'C.UTF-8' };
  return new Promise((done) => {
    const child = execFile('kubectl', words, { encoding: 'utf8', env }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code), out, err });
    });
    child.stdin?.end(input);
  });
}

/** The three command lines that must come to the same. Two VMs, web-1 and web-2, have `app: web,tier: front`; db-1 has `tier: front`. */
const waysToCreate: readonly (readonly string[])[] = [
  ['create', 'vmservice', 'one', '--type=LoadBalancer', '--tcp=80:8080', '--selector=app=web'],
  ['vmsvc', 'create', 'two', '--type=LoadBalancer', '--port=http=80:8080/TCP', '--from=vm/web-1,vm/web-2'],
  ['vmsvc', 'expose', 'vm/web-1', 'vm/web-2', '--name=three', '--type=loadbalancer', '--port=80', '--target-port=8080'],
];

/** Takes each way through kubectl, and holds what is stored then against what was meant. */
export async function assertOneObject(
  cluster: Cluster,
  {
    kubeconfig,
    home,
    namespace,
    profile,
  }: { readonly kubeconfig: string; readonly home: string; readonly namespace: string; readonly profile: Profile },
): Promise<void> {
  const made = 'virtualmachineservice.vmoperator.vmware.com';
  for (const [index, name] of ['one', 'two', 'three'].entries()) {
    const { code, out, err } = await kubectl([...(waysToCreate[index] ?? []), '-n', namespace], kubeconfig, home);
    assert.deepEqual([code, out], [0, `${made}/${name} created\n`], err);
    const apiVersion = `vmoperator.vmware.com/${traitsOf(profile).hubVersion}`;
    const stored = await cluster.get({ apiVersion, kind: 'VirtualMachineService', namespace, name });
    const { spec, ...others } = jsonOf(stored);
    // The name apart, and what a server writes beside what it was sent.
    const metadata = Object.entries(stored.metadata).filter(([field]) => field !== 'name' && !serverMetadata.includes(field));
    assert.deepEqual([others['apiVersion'], Object.fromEntries(metadata), others['status'] ?? {}], [apiVersion, { namespace }, {}]);
    assert.deepEqual(
      stored.metadata.managedFields?.map(({ manager, operation }) => [manager, operation]),
      [['kubectl-vmsvc', 'Update']],
    );
    assert.deepEqual(JSON.parse(JSON.stringify(spec)), {
      type: 'LoadBalancer',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
    });
  }
}
