import { after } from 'node:test';
import { anonymous } from '../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { Secret } from '../../src/cluster/kubeconfig/secret.ts';
import type { Profile } from '../../src/core/profile.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { accessTo, liveFor, type TestLive } from '../cluster/fault-server.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { aSupervisor, type Said, type Supervisor } from './supervisor.ts';

/** A Supervisor, and the proxy through which commands reach it. */
export interface ProxiedSupervisor {
  readonly supervisor: Supervisor;
  readonly proxy: FaultProxy;
  /** Runs a command line through the proxy. */
  run(command: string): Promise<Said>;
  /** The cluster behind the proxy, for a run with a clock of its own. */
  live(requestTimeout?: number): TestLive;
}

/** Starts both for a test file's test; they end with it. */
export async function throughProxy(objects: readonly KubeObject[], profile: Profile = 'E'): Promise<ProxiedSupervisor> {
  const supervisor = await aSupervisor(objects, profile);
  const proxy = await faultProxy(supervisor.access);
  after(() => proxy[Symbol.asyncDispose]());
  return {
    supervisor,
    proxy,
    run: (command) => supervisor.run(command, { env: { KUBECONFIG: proxy.kubeconfig } }),
    live: (requestTimeout) =>
      liveFor(
        accessTo(proxy.access.server, {
          certificateAuthority: { data: Buffer.from(proxy.access.authority) },
          user: { ...anonymous, token: new Secret(proxy.access.token) },
          requestTimeout,
        }),
      ),
  };
}
