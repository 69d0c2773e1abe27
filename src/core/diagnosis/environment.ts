import { jsonOf, type KubeObject, versionOf } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import { conversionAnnotation } from '../../model/virtual-machine-service.ts';
import { fewLines } from '../few-names.ts';
import { advice } from '../finding.ts';
import { humanDuration } from '../human-duration.ts';
import { ownershipOf } from '../ownership.ts';
import { holesOf, itemsOf } from '../snapshot.ts';
import type { Lookup } from '../world.ts';
import { newest, writtenBy } from './changes.ts';
import { commandIn, commandOn } from './fixes.ts';
import { found } from './found.ts';
import { lastApplied } from './last-applied.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS911: the usual edit role may not write Endpoints. */
export const endpointsWriteNotPermitted: ServiceRule = {
  about: 'service',
  code: 'VMS911',
  worst: 'info',
  inDeletion: true,
  needs: [],
  applies: ({ around }) => around.mayWriteEndpoints !== undefined,
  find: ({ vmService, around }) =>
    around.mayWriteEndpoints === false
      ? [
          found('VMS911', 'info', 'certain', vmService, 'You may not write Endpoints, which the usual edit role does not include', {
            evidence: ['access review: create endpoints is denied'],
            why: 'since Kubernetes 1.22 it is left out (CVE-2021-25740); the controller does it',
            fix: commandIn(vmService.metadata.namespace, ['kubectl', 'vmsvc', 'can-i', 'reconcile']),
          }),
        ]
      : [],
};

/** VMS913: what is written speaks another version than what is stored. */
export const apiVersionSkew: ServiceRule = {
  about: 'service',
  code: 'VMS913',
  worst: 'warning',
  inDeletion: true,
  needs: [],
  applies: ({ vmService }) => lastApplied(vmService) !== undefined || vmService.metadata.annotations?.[conversionAnnotation] !== undefined,
  find: ({ vmService, around }) => {
    const { version } = around.world.facts;
    const carried = vmService.metadata.annotations?.[conversionAnnotation] !== undefined && versionOf(vmService.apiVersion) === version;
    const applied = lastApplied(vmService);
    const written = applied === undefined ? '' : versionOf(textAt(applied, 'apiVersion'));
    const old = written !== '' && written !== version && rank(written) > rank(version);
    const findings = carried
      ? [
          found(
            'VMS913',
            'warning',
            'certain',
            vmService,
            'The object carries what another version left in it: it was exported there and applied here',
            {
              field: `metadata.annotations[${conversionAnnotation}]`,
              evidence: [`annotation ${conversionAnnotation} on an object of ${version}`],
              why: 'whoever reads it in an older version gets the state of that other object back',
              fix: commandOn(vmService, ['kubectl', 'annotate', 'vmservice', vmService.metadata.name, `${conversionAnnotation}-`]),
            },
          ),
        ]
      : [];
    return old
      ? [
          ...findings,
          found(
            'VMS913',
            'warning',
            'certain',
            vmService,
            `Its manifest is written for ${written}, and this server's newest is ${version}`,
            {
              evidence: [`last applied with apiVersion ${textAt(applied ?? {}, 'apiVersion')}`],
              fix: [advice(`write the manifest for ${version}: kubectl vmsvc validate -f FILE --fix`)],
            },
          ),
        ]
      : findings;
  },
};

function rank(version: string): number {
  return Number(/^v1alpha(\d+)$/.exec(version)?.[1] ?? 0);
}

/** Clocks this far apart make ages misleading. Milliseconds. */
const skewFrom = 30_000;

/** VMS914: this machine's clock and the server's differ. */
export const clockSkew: ServiceRule = {
  about: 'service',
  code: 'VMS914',
  worst: 'info',
  inDeletion: true,
  needs: [],
  find: ({ vmService, around }) => {
    const skew = around.localClock === undefined ? 0 : around.localClock.getTime() - around.now.getTime();
    const ahead = Date.parse(vmService.metadata.creationTimestamp ?? '') - around.now.getTime();
    if (Math.abs(skew) > skewFrom) {
      return [
        found(
          'VMS914',
          'info',
          'certain',
          vmService,
          `This machine's clock is ${humanDuration(Math.abs(skew))} ${skew < 0 ? 'behind' : 'ahead of'} the server's`,
          {
            evidence: ['the Date header of the server against the clock here'],
            why: "ages are counted by the server's clock",
            fix: [advice('set the clock of this machine')],
          },
        ),
      ];
    }
    if (!(ahead > skewFrom)) return [];
    return [
      found('VMS914', 'info', 'certain', vmService, `The object was made in the future: a clock is wrong by ${humanDuration(ahead)}`, {
        evidence: [`metadata.creationTimestamp ${vmService.metadata.creationTimestamp ?? ''}`],
      }),
    ];
  },
};

/** VMS915: changes wait, and nobody comes to them. */
export const controllerStuck: ServiceRule = {
  about: 'service',
  code: 'VMS915',
  worst: 'error',
  inDeletion: true,
  needs: ['vms', 'services', 'endpoints'],
  find: (subject) => {
    const { vmService, around } = subject;
    const own = pendingOf(subject);
    if (own === undefined) return [];
    const others = around.pendingIn(vmService.metadata.namespace).filter((text) => text !== own);
    const signs = [own, ...others.slice(0, 2), ...operatorSigns(subject)];
    const { name, namespace } = vmService.metadata;
    const sure = signs.length >= 2;
    return [
      found(
        'VMS915',
        sure ? 'error' : 'warning',
        sure ? 'likely' : 'hint',
        vmService,
        `VM Operator does not react in namespace ${namespace ?? ''}`,
        {
          evidence: signs,
          fix: [
            advice('platform owner: VM Operator in vmware-system-vmop'),
            ...commandOn(vmService, ['kubectl', 'vmsvc', 'bundle', name], 'what to attach'),
          ],
          // One sign alone explains nothing: it is folded under what shows it.
          follows: sure ? ['VMS112', 'VMS401', 'VMS406', 'VMS501', 'VMS502', 'VMS503', 'VMS610', 'VMS614'] : [],
        },
      ),
    ];
  },
};

/**
 * What has waited longer for the controller than any resync takes, in a line; undefined where nothing waits. Without a change that
 * waits, a quiet namespace would look the same as a dead controller.
 */
export function pendingOf({ vmService, trace, around, leftAlone }: ServiceSubject): string | undefined {
  const { metadata } = vmService;
  const { times } = around;
  const held = (metadata.finalizers ?? []).some((name) => around.world.facts.traits.deletionFinalizers.includes(name));
  if (metadata.deletionTimestamp !== undefined) {
    const age = times.age(metadata.deletionTimestamp) ?? 0;
    return held && age > stuckDeletion ? `${metadata.name}: deletion pending ${times.since(metadata.deletionTimestamp)}` : undefined;
  }
  const goes = 'service' in trace.service && trace.service.service.metadata.deletionTimestamp !== undefined;
  // What belongs to another controller is not waiting for this one, and behind such a Service it does not get to the Endpoints.
  const { service, endpoints } = around.world;
  const taken = [service(vmService), endpoints(vmService)].some(
    (lookup: Lookup<KubeObject>) => 'found' in lookup && ownershipOf(lookup.found, vmService).owner === 'another',
  );
  if (leftAlone || goes || taken || trace.endpoints.state !== 'Differs') return undefined;
  const limit = resyncLimit(around.world.facts.version);
  const late = itemsOf(trace.members).flatMap((member) => {
    const vm = member.kind === 'stale' ? member.vm : member.stored === 'AsComputed' ? undefined : member.decision.vm;
    if (vm === undefined) return [];
    // Without managedFields nobody says when it lost the label, and some releases take their time to notice.
    if (member.kind === 'stale' && member.because === 'NoLongerSelected' && writtenBy(vm, () => true).length === 0) return [];
    const changed = newest([
      vm.metadata.creationTimestamp,
      ...(vm.status?.conditions ?? []).map(({ lastTransitionTime }) => lastTransitionTime),
      ...writtenBy(vm, () => true).map(({ time }) => time),
    ]);
    const age = times.age(changed) ?? 0;
    return age > limit ? [{ vm, changed, age }] : [];
  });
  const [first] = late;
  return first === undefined
    ? undefined
    : `${metadata.name}: Endpoints do not follow VM ${first.vm.metadata.name}, which changed last ${times.ago(first.changed ?? '')}`;
}

/** Seconds. */
const stuckDeletion = 10 * 60;

/** After this every release has looked again by itself. Seconds. */
function resyncLimit(version: string): number {
  return rank(version) <= 4 ? 10 * 60 : 30 * 60;
}

/** What VM Operator's own namespace shows, where it may be seen. */
function operatorSigns({ around }: ServiceSubject): readonly string[] {
  const { operatorLeases, operatorDeployments } = around.surroundings;
  const renewed = newest(itemsOf(operatorLeases).map((lease) => textAt(mapAt(jsonOf(lease), 'spec'), 'renewTime')));
  const age = around.times.age(renewed);
  const stale = renewed !== undefined && age !== undefined && age > 120 ? [`its lease was renewed last ${around.times.ago(renewed)}`] : [];
  const down = itemsOf(operatorDeployments).filter((deployment) => mapAt(jsonOf(deployment), 'status').availableReplicas === undefined);
  return [...stale, ...down.slice(0, 1).map(({ metadata }) => `Deployment ${metadata.name} of VM Operator has no available replica`)];
}

/** VMS916: parts of the API come and go. */
export const upgradeInProgress: ServiceRule = {
  about: 'service',
  code: 'VMS916',
  worst: 'warning',
  inDeletion: true,
  needs: [],
  find: ({ vmService, around }) => {
    const told = holesOf(around.world.snapshot).filter(({ because }) => because === 'Failed');
    const upgrades = told.filter(({ message }) => upgradeWords.test(message));
    if (upgrades.length === 0) return [];
    return [
      found('VMS916', 'warning', 'likely', vmService, 'VM Operator seems to be in the middle of an upgrade', {
        evidence: fewLines(
          upgrades.map(({ verb, resource, message }) => `${verb} ${resource}: ${message}`),
          4,
        ),
        fix: [advice('wait some minutes, and look again')],
        follows: ['VMS113'],
      }),
    ];
  },
};

const upgradeWords =
  /conversion webhook|failed calling webhook|currently unable to handle the request|service unavailable|no endpoints available/i;
