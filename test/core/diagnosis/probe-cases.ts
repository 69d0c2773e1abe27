import type { ProbeLine, ProbeResult, ProbeStage, Vantage } from '../../../src/core/probe/probe.ts';
import { endpoints, healthy, healthyBut, service, svc } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const laptop: Vantage = { type: 'laptop' };
const pod: Vantage = { type: 'pod', namespace: 'prod', context: undefined, image: 'tools' };

function line(stage: ProbeStage, result: ProbeResult, more: { readonly source?: string; readonly protocol?: string } = {}): ProbeLine {
  const host = { vm: '10.0.0.1', vip: '192.0.2.7', clusterIP: '10.96.0.15', name: 'www.example.test', mirror: '', named: '' }[stage];
  const target = {
    stage,
    service: { namespace: 'prod', name: 'svc' },
    host,
    port: stage === 'vm' ? 8080 : stage === 'name' ? 0 : 80,
    protocol: more.protocol ?? 'TCP',
    servicePort: stage === 'name' ? undefined : 80,
    speech: 'tcp',
    vm: stage === 'vm' ? 'web-1' : undefined,
    skip: undefined,
  } as const;
  return { target, result, milliseconds: 4, tries: 1, source: more.source, bytes: 0, detail: '' };
}

const seen = (vantage: Vantage, ...lines: readonly ProbeLine[]) => ({ vantage, lines, milliseconds: 10, notes: [] });
const probed = (...lines: readonly ProbeLine[]) => ({ facts: { probes: [seen(laptop, ...lines)] } });
const ranges = { loadBalancerSourceRanges: ['10.30.0.0/16'] };
const restricted = healthyBut(svc(ranges), service(ranges));

const both = { world: healthy, near: healthy };

export const probeCases: readonly RuleCase[] = [
  {
    ...both,
    code: 'VMS701',
    when: 'where VM and load balancer refuse',
    options: probed(line('vm', 'refused'), line('vip', 'closed-early')),
    says: 'error VMS701 certain VirtualMachineService/svc',
    but: 'where both answer',
    nearOptions: probed(line('vm', 'proven'), line('vip', 'proven')),
  },
  {
    ...both,
    code: 'VMS702',
    when: 'where a pod in the namespace gets no answer',
    options: { facts: { probes: [seen(pod, line('vm', 'filtered'), line('vip', 'filtered'))] } },
    says: 'error VMS702 likely VirtualMachineService/svc',
    but: 'where a laptop gets none',
    nearOptions: probed(line('vm', 'filtered'), line('vip', 'filtered')),
  },
  {
    ...both,
    code: 'VMS703',
    when: 'where the load balancer hangs up and the VMs cannot be reached',
    options: probed(line('vm', 'unreachable'), line('vip', 'closed-early')),
    says: 'error VMS703 likely VirtualMachineService/svc',
    but: 'where the Endpoints say why',
    near: healthyBut(endpoints({ subsets: [] })),
    nearOptions: probed(line('vm', 'unreachable'), line('vip', 'closed-early')),
  },
  {
    ...both,
    code: 'VMS704',
    when: 'where the load balancer accepts and is silent',
    options: probed(line('vm', 'connected'), line('vip', 'connected')),
    says: 'info VMS704 certain VirtualMachineService/svc',
    but: 'where it answers',
    nearOptions: probed(line('vm', 'connected'), line('vip', 'proven')),
  },
  {
    ...both,
    code: 'VMS705',
    when: 'where the VM answers and the load balancer does not',
    options: probed(line('vm', 'proven'), line('vip', 'refused')),
    says: 'error VMS705 certain VirtualMachineService/svc',
    but: 'where the VM cannot be reached and the load balancer answers, which is normal',
    nearOptions: probed(line('vm', 'filtered'), line('vip', 'proven')),
  },
  {
    code: 'VMS705',
    when: 'where an endpoint is ready and the load balancer hangs up',
    world: healthy,
    options: probed(line('vm', 'proven'), line('vip', 'closed-early')),
    says: 'error VMS705 certain VirtualMachineService/svc',
    but: 'where none is: then it has nobody to forward to',
    near: healthyBut(endpoints({ subsets: [] })),
    nearOptions: probed(line('vm', 'proven'), line('vip', 'closed-early')),
  },
  {
    ...both,
    code: 'VMS706',
    when: 'where a pod reaches what a laptop does not',
    options: { facts: { probes: [seen(laptop, line('vip', 'filtered')), seen(pod, line('vip', 'proven'))] } },
    says: 'info VMS706 certain VirtualMachineService/svc',
    but: 'where the laptop reaches it, too',
    nearOptions: { facts: { probes: [seen(laptop, line('vip', 'proven')), seen(pod, line('vip', 'proven'))] } },
  },
  {
    ...both,
    code: 'VMS709',
    when: 'where the name is not known in the cluster',
    options: { facts: { probes: [seen(pod, line('name', 'unresolved'))] } },
    says: 'error VMS709 certain VirtualMachineService/svc',
    but: 'where it is',
    nearOptions: { facts: { probes: [seen(pod, line('name', 'proven'))] } },
  },
  {
    ...both,
    code: 'VMS710',
    when: 'where UDP is silent',
    options: probed(line('vip', 'unanswered', { protocol: 'UDP' })),
    says: 'info VMS710 certain VirtualMachineService/svc',
    but: 'where UDP answers',
    nearOptions: probed(line('vip', 'proven', { protocol: 'UDP' })),
  },
  {
    code: 'VMS607',
    when: 'where a client outside the ranges gets no answer',
    world: restricted,
    options: probed(line('vm', 'proven'), line('vip', 'filtered', { source: '10.40.7.9' })),
    says: 'error VMS607 certain VirtualMachineService/svc',
    but: 'where the client is inside',
    near: restricted,
    nearOptions: probed(line('vm', 'proven'), line('vip', 'filtered', { source: '10.30.7.9' })),
  },
  {
    code: 'VMS607',
    when: 'where a pod outside the ranges gets no answer: nobody knows with which address it leaves',
    world: restricted,
    options: { facts: { probes: [seen(pod, line('vip', 'filtered', { source: '10.40.7.9' }))] } },
    says: 'warning VMS607 hint VirtualMachineService/svc',
    but: 'where the pod is let in',
    near: restricted,
    nearOptions: { facts: { probes: [seen(pod, line('vip', 'proven', { source: '10.40.7.9' }))] } },
  },
  {
    code: 'VMS608',
    when: 'where a client outside the ranges is let in',
    world: restricted,
    options: probed(line('vip', 'proven', { source: '10.40.7.9' })),
    says: 'warning VMS608 certain VirtualMachineService/svc',
    but: 'where the client is inside',
    near: restricted,
    nearOptions: probed(line('vip', 'proven', { source: '10.30.7.9' })),
  },
  {
    ...both,
    code: 'VMS708',
    when: 'where a pod does not reach the cluster IP',
    options: { facts: { probes: [seen(pod, line('clusterIP', 'filtered'))] } },
    says: 'warning VMS708 likely VirtualMachineService/svc',
    but: 'where it does',
    nearOptions: { facts: { probes: [seen(pod, line('clusterIP', 'proven'))] } },
  },
];
