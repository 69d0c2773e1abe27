import {
  endpointSlices,
  endpoints,
  events,
  networkSettings,
  pods,
  type Resource,
  services,
  virtualMachineServices,
  virtualMachines,
} from '../../model/resources.ts';
import { surroundingKinds } from '../surroundings.ts';
import type { ReleaseFacts } from '../world.ts';
import type { RightsCommand } from './commands.ts';

/** One thing that somebody may or may not do in a namespace, in the words of an access review. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource?: string;
  /** Of the one object that is meant; absent for all of them. */
  readonly name?: string;
}

/** A right that a command makes use of. */
export interface NeededRight extends Right {
  /** What is lost without it, in a few words; absent where the command cannot do without. */
  readonly without?: string;
}

/** Whether somebody has a right. `unknown`: it could not be asked, which is neither of the others. */
export type RightAnswer =
  | { readonly answer: 'allowed' | 'denied'; readonly reason: string }
  | { readonly answer: 'unknown'; readonly reason: string };

export type AnsweredRight = NeededRight & RightAnswer;

/** What of a command line decides which rights it takes. A dry run on the server takes those of the writes it rehearses, `--adopt` none. */
export interface RightsOptions {
  readonly asController: boolean;
  readonly skipStatus: boolean;
  /** The Endpoints are read and left alone. */
  readonly serviceOnly: boolean;
  /** Without the namespace's NetworkSettings nobody knows its load balancer. */
  readonly settingsDecide: boolean;
}

/** What a command is called where its rights are listed, and with which others it is mentioned in one breath. */
export const commandTitles: Readonly<
  Record<
    RightsCommand,
    {
      readonly title: string;
      readonly family:
        | 'look'
        | 'history'
        | 'diagnose'
        | 'try'
        | 'judge'
        | 'await'
        | 'make'
        | 'remove'
        | 'ask'
        | 'plan'
        | 'write'
        | 'restore'
        | 'clear';
    }
  >
> = {
  get: { title: 'get', family: 'look' },
  describe: { title: 'describe', family: 'look' },
  vms: { title: 'vms', family: 'look' },
  events: { title: 'events', family: 'history' },
  debug: { title: 'debug', family: 'diagnose' },
  bundle: { title: 'bundle', family: 'diagnose' },
  probe: { title: 'debug --from=pod', family: 'try' },
  validate: { title: 'validate', family: 'judge' },
  overlay: { title: 'validate --live', family: 'judge' },
  wait: { title: 'wait', family: 'await' },
  create: { title: 'create', family: 'make' },
  convert: { title: 'convert', family: 'make' },
  delete: { title: 'delete', family: 'remove' },
  diff: { title: 'diff', family: 'plan' },
  nudge: { title: 'nudge', family: 'ask' },
  reconcile: { title: 'reconcile --once', family: 'write' },
  undo: { title: 'reconcile --undo', family: 'restore' },
  orphans: { title: 'reconcile --orphans', family: 'clear' },
};

/** The rights that a command takes in one namespace, each once, those to read first. */
export function neededRights(command: RightsCommand, options: RightsOptions): readonly NeededRight[] {
  const settings = (without?: string) =>
    options.settingsDecide ? may(['get'], networkSettings, { name: 'default', ...lost(without) }) : [];
  switch (command) {
    case 'get':
      return [...listing, ...vmsIfPossible, ...children, ...settings('the load balancer is unknown')];
    case 'vms':
      return [...listing, ...may(['list'], virtualMachines), ...children, ...settings('the load balancer is unknown')];
    case 'describe':
      return [...listing, ...vmsIfPossible, ...children, ...settings('the load balancer is unknown'), ...surroundings];
    case 'debug':
    case 'bundle':
      return [...listing, ...vmsIfPossible, ...children, ...settings('the load balancer is unknown'), ...surroundings, ...environs];
    case 'probe':
      return [...listing, ...vmsIfPossible, ...children, ...probing];
    case 'validate':
      return [...listing, ...vmsIfPossible, ...children, ...settings('the load balancer is unknown'), ...quotasIfPossible];
    case 'overlay':
      return [...neededRights('validate', options), ...rehearsing];
    case 'create':
      return creating;
    case 'convert':
      return may(['list'], virtualMachines, { without: 'no Endpoints for VMs that are not in the files' });
    case 'events':
      return [...listing, ...vmsIfPossible, ...children, ...surroundings];
    case 'wait':
      return [
        ...may(['list'], virtualMachineServices),
        ...may(['list'], virtualMachines, { without: 'not for endpoints, healthy, reconciled' }),
        ...may(['list'], services, { without: 'not for address, endpoints, healthy, reconciled' }),
        ...may(['list'], endpoints, { without: 'not for endpoints, healthy, reconciled' }),
        ...settings('not for healthy, reconciled'),
        ...watching([virtualMachineServices, virtualMachines, services, endpoints]),
      ];
    case 'delete':
      return [
        ...may(['get', 'delete'], virtualMachineServices),
        ...[services, endpoints].flatMap((resource) => may(['get'], resource)),
        ...[virtualMachineServices, services, endpoints].flatMap((resource) => may(['list'], resource, byName)),
        ...slicesIfPossible,
        ...watching([virtualMachineServices]),
      ];
    case 'diff':
      return [...planning, ...seekingTraces, ...settings()];
    case 'nudge':
      return [...planning, ...may(['list'], services, byName), ...marking];
    case 'reconcile':
      return [...planning, ...seekingTraces, ...settings(), ...(options.asController ? [] : roomIfPossible), ...writing(options)];
    case 'undo':
      return restoring;
    case 'orphans':
      return clearing;
  }
}

/** Whether NetworkSettings alone say which load balancer a namespace has. */
export function settingsDecide({ provider, perNamespaceProvider }: ReleaseFacts): boolean {
  return provider === 'namespace' || (provider === 'auto' && perNamespaceProvider);
}

/** One text a right, to find its answer by. */
export function rightKey({ verb, group, resource, subresource = '', name = '' }: Right): string {
  return [verb, group, resource, subresource, name].join('\0');
}

/** Whether a command can be run: `partly` leaves something out, `unknown` could not be found out. */
export type Verdict = 'yes' | 'partly' | 'no' | 'unknown';

/** What the answers come to. A right that is known to be missing decides, whatever the unknown ones are. */
export function verdictOn(rights: readonly AnsweredRight[]): Verdict {
  if (rights.some(isMissing)) return 'no';
  if (rights.some(({ answer }) => answer === 'unknown')) return 'unknown';
  return rights.some(({ answer }) => answer === 'denied') ? 'partly' : 'yes';
}

/** Denied, and the command cannot do without. */
export function isMissing({ answer, without }: AnsweredRight): boolean {
  return answer === 'denied' && without === undefined;
}

function may(
  verbs: readonly string[],
  { group, plural }: Resource,
  more: Pick<NeededRight, 'subresource' | 'name' | 'without'> = {},
): readonly NeededRight[] {
  return verbs.map((verb) => ({ verb, group, resource: plural, ...more }));
}

function lost(without: string | undefined): Pick<NeededRight, 'without'> {
  return without === undefined ? {} : { without };
}

const listing = may(['get', 'list'], virtualMachineServices);
const vmsIfPossible = may(['list'], virtualMachines, { without: 'VMs are unknown' });
const children = [
  ...may(['get', 'list'], services, { without: 'Services are unknown' }),
  ...may(['get', 'list'], endpoints, { without: 'Endpoints are unknown' }),
];
/** What may be listed and not watched is listed again and again. */
function watching(resources: readonly Resource[]): readonly NeededRight[] {
  return resources.flatMap((resource) => may(['watch'], resource, { without: 'it is looked at every few seconds' }));
}

const slicesIfPossible = may(['list'], endpointSlices, { without: 'slices are left out' });
const surroundings = [...slicesIfPossible, ...may(['list'], events, { without: 'events are left out' })];

/** A service can be made blindly, where somebody knows its selector. */
const creating = [
  ...may(['create'], virtualMachineServices),
  ...may(['list'], virtualMachines, { without: 'who is selected is unknown, and no --from' }),
  ...may(['list'], virtualMachineServices, { without: 'who else selects them is unknown' }),
  ...may(['get'], services, { without: 'a Service in its way is not seen' }),
  ...may(['list'], surroundingKinds.quotas, { without: 'a full quota is not seen' }),
  ...may(['patch'], virtualMachines, { without: 'no --label-vm' }),
];

/** What stands around, and may be the reason. What networks and load balancers keep is looked at where it may be. */
const quotasIfPossible = may(['list'], surroundingKinds.quotas, { without: 'quotas are left out' });
const environs = [...quotasIfPossible, ...may(['list'], surroundingKinds.networkPolicies, { without: 'policies are left out' })];

/** A dry run takes the rights of the write. */
const rehearsing = [
  ...may(['create', 'patch'], virtualMachineServices, { without: 'the server is not asked to try it' }),
  ...may(['create', 'patch'], services, { without: 'the server is not asked to try the Service' }),
];

/** One pod, made, looked at and removed; what earlier ones left behind is found by listing. */
const probing = [
  ...may(['create', 'get', 'delete'], pods),
  ...may(['get'], pods, { subresource: 'log' }),
  ...may(['list'], pods, { without: 'left-overs stay' }),
];

const byName = { without: 'services by name only' };

/** Half a picture would make wrong Endpoints: what goes into them must be seen. */
const planning = [
  ...may(['get'], virtualMachineServices),
  ...may(['list'], virtualMachines),
  ...[services, endpoints].flatMap((resource) => may(['get'], resource)),
  ...[virtualMachineServices, endpoints].flatMap((resource) => may(['list'], resource, byName)),
];

/** Which load balancer it is, the traces on all Services of the namespace tell, also where one service is named. */
const seekingTraces = may(['list'], services);

/** What several services take together, the server does not know when it is asked about each of them. */
const roomIfPossible = may(['list'], surroundingKinds.quotas, { without: 'a quota may be met half-way' });

/** A mark on the Service is enough; where there is none, one on a VM. */
const marking = [...may(['patch'], services), ...may(['patch'], virtualMachines, { without: 'not where there is no Service yet' })];

/** A guest that may not write the status leaves it, and says so; who plays the controller plays it whole. */
function writing({ asController, skipStatus, serviceOnly }: RightsOptions): readonly NeededRight[] {
  const status = lost(asController ? undefined : 'the status is left as it is');
  return [
    ...may(['create', 'patch'], services),
    ...(serviceOnly ? [] : may(['create', 'patch'], endpoints)),
    ...(asController ? deletionPath : []),
    ...may(['patch'], virtualMachineServices),
    ...(skipStatus ? [] : may(['patch'], virtualMachineServices, { subresource: 'status', ...status })),
  ];
}

/** Whose work it would undo shows in what was written; who may not see that goes on without, as a reconcile does. */
const signsOfWork = 'whether VM Operator is at work is not seen';

/** What a run changed is patched, and what it made deleted: which of them, only its file says. */
const restoring = [
  ...may(['get', 'patch'], virtualMachineServices),
  ...may(['patch'], virtualMachineServices, { subresource: 'status', without: 'not where the run wrote the status' }),
  ...[services, endpoints].flatMap((resource) => may(['get', 'patch', 'delete'], resource)),
  ...[virtualMachineServices, virtualMachines, services, endpoints].flatMap((resource) =>
    may(['list'], resource, { without: signsOfWork }),
  ),
];

const clearing = [
  ...[virtualMachineServices, services, endpoints].flatMap((resource) => may(['list'], resource)),
  ...[services, endpoints].flatMap((resource) => may(['delete'], resource, { without: 'they are only listed' })),
  ...may(['list'], virtualMachines, { without: signsOfWork }),
];

const deletionPath = [services, endpoints].flatMap((resource) =>
  may(['delete'], resource, { without: 'not those that are being deleted' }),
);
