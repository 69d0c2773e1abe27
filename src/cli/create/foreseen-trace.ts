import { randomUUID } from 'node:crypto';
import { planCluster } from '../../cluster/reconcile/plan-cluster.ts';
import { liveChildren } from '../../cluster/reconcile/reconcile-context.ts';
import { reconcileOnce } from '../../cluster/reconcile/reconcile-once.ts';
import type { CreatePlan } from '../../core/create/create-plan.ts';
import { ownFieldManager } from '../../core/field-manager.ts';
import { timestampOf } from '../../core/timestamp.ts';
import { type ServiceTrace, traceService } from '../../core/trace/trace.ts';
import { worldOf } from '../../core/world.ts';
import { refOf } from '../../model/object.ts';
import { endpointsOf, type Service, serviceOf } from '../../model/service.ts';
import { vmServiceOf } from '../../model/virtual-machine-service.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The trace that the service would have as soon as VM Operator has done its work: played on a copy in memory. Undefined where VMs
 * could not be looked at, or the copy takes it for impossible.
 */
export async function foreseenTrace(plan: CreatePlan, { source, version }: Surroundings): Promise<ServiceTrace | undefined> {
  const { world } = plan;
  if (!('index' in world.vms)) return undefined;
  const now = source.now();
  const place = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: plan.draft.namespace } };
  const cluster = planCluster([place], { version, now: () => now, newUid: randomUUID });
  const write = { dryRun: 'none', fieldManager: ownFieldManager } as const;
  const created = vmServiceOf(await cluster.create(plan.object, write));
  const { error } = await reconcileOnce(created, {
    cluster,
    children: liveChildren(cluster),
    setup: { traits: world.facts.traits, workloadIPv6: world.facts.workloadIPv6, role: 'guest', adopt: true },
    providerOf: (namespace) => world.providerSource(namespace),
    vms: world.vms.index,
    write,
    skipStatus: true,
    serviceOnly: false,
    now: timestampOf(now),
  });
  if (error !== null) return undefined;
  const child = { ...refOf(created), apiVersion: 'v1' };
  const then = worldOf(
    {
      ...world.snapshot,
      vmServices: { items: [created] },
      services: { items: [withoutInventions(serviceOf(await cluster.get({ ...child, kind: 'Service' })), plan.draft)] },
      endpoints: { items: [endpointsOf(await cluster.get({ ...child, kind: 'Endpoints' }))] },
    },
    world.facts,
  );
  return traceService(created, then, { now, others: false, compareService: false });
}

/** The copy draws addresses of its own, which nobody will ever have: only those that were asked for are known. */
function withoutInventions(service: Service, { type, extras }: CreatePlan['draft']): Service {
  const ingress = [{ ip: extras.loadBalancerIP ?? toBeGiven }];
  return {
    ...service,
    spec: { ...service.spec, clusterIP: extras.clusterIP ?? toBeGiven },
    ...(type === 'LoadBalancer' && { status: { loadBalancer: { ingress } } }),
  };
}

const toBeGiven = '<to be given>';
