import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { fewLines, fewNames } from '../few-names.ts';
import { advice } from '../finding.ts';
import { selectorText } from '../selector.ts';
import { clusterMachineText, isClusterMachine } from '../workload-cluster.ts';
import { nameList } from './evidence.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS206: the selector takes more than was meant, or the same as another's. */
export const selectorOverlap: ServiceRule = {
  about: 'service',
  code: 'VMS206',
  worst: 'error',
  needs: ['vms'],
  applies: ({ leftAlone, cluster }) => !leftAlone && cluster === undefined,
  find: (subject) => [...clusterMachines(subject), ...mixedApps(subject), ...sharedWithOthers(subject)],
};

function clusterMachines({ vmService, decisions }: ServiceSubject) {
  const machines = decisions.map(({ vm }) => vm).filter(isClusterMachine);
  if (machines.length === 0) return [];
  return [
    found('VMS206', 'error', 'certain', vmService, 'The selector takes machines of a workload cluster', {
      field: 'spec.selector',
      evidence: [
        `spec.selector: ${selectorText(vmService.spec.selector)}`,
        ...fewLines(
          machines.map((vm) => `${vm.metadata.name}: machine of workload cluster ${clusterMachineText(vm) ?? ''}`),
          4,
        ),
      ],
      why: "the cluster's machines get traffic that is not for them, and come and go as the cluster wants",
      fix: [advice('add a pair to the selector that only your own VMs have; leave the labels of the machines alone')],
    }),
  ];
}

const appKeys = ['app', 'app.kubernetes.io/name'];

function mixedApps({ vmService, decisions }: ServiceSubject) {
  const selector = vmService.spec.selector ?? {};
  if (appKeys.some((key) => key in selector)) return [];
  const own = decisions.map(({ vm }) => vm).filter((vm) => !isClusterMachine(vm));
  const key = appKeys.find((candidate) => new Set(own.map((vm) => vm.metadata.labels?.[candidate])).size > 1);
  if (key === undefined || own.some((vm) => vm.metadata.labels?.[key] === undefined)) return [];
  const values = [...new Set(own.map((vm) => vm.metadata.labels?.[key] ?? ''))];
  return [
    found('VMS206', 'warning', 'hint', vmService, 'The selector takes VMs of different applications', {
      field: 'spec.selector',
      evidence: [`spec.selector: ${selectorText(selector)}`, `label ${key} of its VMs: ${fewNames(values, 5)}`],
      fix: [advice(`add ${key} to the selector, unless all of them are meant`)],
    }),
  ];
}

/** One finding, however many others there are: each of a thousand services would have a thousand. */
function sharedWithOthers({ vmService, decisions, around }: ServiceSubject) {
  const ports = new Set(targetPorts(vmService));
  const shared = new Map<VirtualMachineService, VirtualMachine[]>();
  for (const { vm } of decisions) {
    for (const other of around.servicesOf(vm)) {
      if (other === vmService || other.metadata.name === vmService.metadata.name) continue;
      if (!targetPorts(other).some((port) => ports.has(port))) continue;
      const vms = shared.get(other);
      if (vms === undefined) shared.set(other, [vm]);
      else vms.push(vm);
    }
  }
  const [first] = shared;
  if (first === undefined) return [];
  const message =
    shared.size === 1
      ? `${first[0].metadata.name} selects the same VMs for the same ports`
      : `${shared.size} other services select the same VMs for the same ports`;
  const lines = [...shared].map(
    ([other, vms]) => `selected by ${shared.size === 1 ? 'both' : `${other.metadata.name}, too`}: ${nameList(vms)}`,
  );
  return [found('VMS206', 'info', 'certain', vmService, message, { evidence: fewLines(lines, 6) })];
}

function targetPorts({ spec }: VirtualMachineService): readonly string[] {
  return (spec.ports ?? []).map(({ protocol, targetPort }) => `${protocol ?? 'TCP'}/${targetPort}`);
}

/** VMS207: a label that controllers or tools change. */
export const selectorLabelNotYours: ServiceRule = {
  about: 'service',
  code: 'VMS207',
  worst: 'warning',
  needs: [],
  applies: ({ leftAlone, cluster }) => !leftAlone && cluster === undefined,
  find: ({ vmService }) =>
    Object.keys(vmService.spec.selector ?? {})
      .filter(isKeptByOthers)
      .map((key) =>
        found('VMS207', 'warning', 'hint', vmService, `The selector relies on the label ${key}, which others set and change`, {
          field: `spec.selector[${key}]`,
          evidence: [`spec.selector: ${selectorText(vmService.spec.selector)}`],
          fix: [advice('select by a label of your own')],
        }),
      ),
};

/** The recommended labels that people do keep themselves. */
const recommended = ['name', 'instance', 'component', 'part-of'].map((word) => `app.kubernetes.io/${word}`);

function isKeptByOthers(key: string): boolean {
  if (recommended.includes(key)) return false;
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  return (
    prefix === 'vmoperator.vmware.com' ||
    prefix.endsWith('.vmoperator.vmware.com') ||
    prefix === 'kubernetes.io' ||
    prefix.endsWith('.kubernetes.io') ||
    prefix === 'k8s.io' ||
    prefix.endsWith('.k8s.io') ||
    key === 'helm.sh/chart' ||
    key === 'chart'
  );
}
