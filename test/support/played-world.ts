import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import type { Profile } from '../../src/core/profile.ts';
import { type Json, type JsonObject, jsonOf, type KubeObject, refOf } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { endpointSlices, endpoints, services, virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { aSupervisor, type Supervisor } from './supervisor.ts';

/** A finding as the document of `debug` has it. */
export interface SaidFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly confidence: string;
  readonly message: string;
  readonly object: { readonly kind: string; readonly name: string };
  readonly follows: readonly string[];
  readonly fix: readonly { readonly command?: string; readonly advice?: string }[];
}

/** A world in which all that happens outside of Kubernetes is played by the test: VM Operator, vSphere, a load balancer, the mirroring. */
export interface PlayedWorld {
  readonly supervisor: Supervisor;
  debug(words: string): Promise<{ readonly code: number; readonly findings: readonly SaidFinding[]; readonly err: string }>;
  /** Runs a command of kubectl's own as it is printed, in a shell. Those of this tool look, or wake a controller that `settle` plays. */
  paste(command: string): Promise<void>;
  /** Lets everybody do what they would do now. */
  settle(): Promise<void>;
  close(): void;
}

const write = { dryRun: 'none', fieldManager: 'play' } as const;

export async function playedWorld(objects: readonly KubeObject[], profile: Profile, kubectl: string): Promise<PlayedWorld> {
  const supervisor = await aSupervisor(objects, profile);
  const { cluster } = supervisor;
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-played-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandboxKubeconfig(supervisor.access));
  writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\nexec '${kubectl}' "$@"\n`, { mode: 0o755 });
  const version = (await cluster.discover()).groups.find(({ name }) => name === 'vmoperator.vmware.com')?.preferredVersion ?? '';
  const listed = async (resource: Parameters<typeof cluster.list>[0], of: string) =>
    (await cluster.list(resource, of, { namespace: 'prod' })).items;
  return {
    supervisor,
    async debug(words) {
      const { code, out, err } = await supervisor.run(`debug ${words} -n prod -o json`);
      const { findings = [] } = out === '' ? {} : (JSON.parse(out) as { findings?: readonly SaidFinding[] });
      return { code, findings, err };
    },
    async paste(command) {
      if (/^kubectl (vmsvc|get) /.test(command)) return;
      const env = { PATH: `${folder}:${process.env.PATH ?? ''}`, HOME: folder, KUBECONFIG: kubeconfig };
      await promisify(execFile)('sh', ['-c', command], { env });
    },
    async settle() {
      for (const vm of await listed(virtualMachines, version)) await playVsphere(vm);
      const names = (await listed(virtualMachineServices, version))
        .filter((each) => each.metadata.deletionTimestamp === undefined)
        .map(({ metadata }) => metadata.name);
      for (let round = 0; round < 2; round++) {
        for (const name of names) await supervisor.run(`reconcile ${name} -n prod --once --as-controller --yes --force --reason=played`);
        for (const service of await listed(services, 'v1')) await playBalancer(service);
      }
      await playMirroring();
    },
    close: () => rmSync(folder, { recursive: true }),
  };

  async function playVsphere(vm: KubeObject): Promise<void> {
    const { spec, status } = jsonOf(vm);
    const wanted = isMap(spec) ? spec['powerState'] : undefined;
    if (isMap(status) && wanted !== undefined && status['powerState'] !== wanted)
      await cluster.patch(refOf(vm), { status: { powerState: wanted } }, { ...write, subresource: 'status' });
  }

  async function playBalancer(service: KubeObject): Promise<void> {
    const { spec, status } = jsonOf(service);
    if (!isMap(spec) || spec['type'] !== 'LoadBalancer') return;
    if (JSON.stringify(status ?? '').includes('ingress')) return;
    await cluster.patch(
      refOf(service),
      { status: { loadBalancer: { ingress: [{ ip: '192.0.2.77' }] } } },
      { ...write, subresource: 'status' },
    );
  }

  async function playMirroring(): Promise<void> {
    const mirrored = 'endpointslicemirroring-controller.k8s.io';
    for (const slice of await listed(endpointSlices, 'v1')) {
      if (slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === mirrored)
        await cluster.delete(refOf(slice), { dryRun: 'none' });
    }
    for (const each of await listed(endpoints, 'v1')) {
      if (each.metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'] === 'true') continue;
      const subsets: readonly Json[] = (jsonOf(each)['subsets'] ?? []) as readonly Json[];
      for (const [index, subset] of subsets.entries()) {
        if (!isMap(subset)) continue;
        const of = (field: string, ready: boolean) =>
          ((subset[field] ?? []) as readonly JsonObject[]).map((address) => ({
            addresses: [address['ip'] ?? ''],
            conditions: { ready },
            ...(address['targetRef'] === undefined ? {} : { targetRef: address['targetRef'] }),
          }));
        const slice = {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: {
            name: `${each.metadata.name}-${index}`,
            namespace: 'prod',
            labels: { 'kubernetes.io/service-name': each.metadata.name, 'endpointslice.kubernetes.io/managed-by': mirrored },
          },
          addressType: JSON.stringify(subset).includes('"ip":"fd') ? 'IPv6' : 'IPv4',
          endpoints: [...of('addresses', true), ...of('notReadyAddresses', false)],
          ports: subset['ports'] ?? [],
        };
        await cluster.create(slice as unknown as KubeObject, write);
      }
    }
  }
}
