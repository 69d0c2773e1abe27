import { openKubeconfig } from './live-cluster.ts';

/** The kubeconfig of a real kube-apiserver that may be written to. @throws Error outside of `npm run test:real` */
export function realKubeconfig(): string {
  const kubeconfig = process.env.VMSVC_TEST_KUBECONFIG;
  if (kubeconfig === undefined) throw new Error('VMSVC_TEST_KUBECONFIG is not set: run npm run test:real');
  return kubeconfig;
}

/** A real cluster; `close` deletes the namespace that a test made in it. */
export async function realCluster(namespace: string) {
  const kubeconfig = realKubeconfig();
  return {
    cluster: await openKubeconfig(kubeconfig),
    namespace,
    async close() {
      const cleaner = await openKubeconfig(kubeconfig);
      await cleaner.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
      await cleaner.close();
    },
  };
}
