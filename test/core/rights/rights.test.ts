import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traitsOf } from '../../../src/core/profile.ts';
import { type RightsCommand, rightsCommands } from '../../../src/core/rights/commands.ts';
import { commandRights, groupRights, rightsReport, rightsRows } from '../../../src/core/rights/report.ts';
import {
  type AnsweredRight,
  type NeededRight,
  neededRights,
  type RightAnswer,
  type RightsOptions,
  rightKey,
  settingsDecide,
  verdictOn,
} from '../../../src/core/rights/rights.ts';
import { minimalRole } from '../../../src/core/rights/role.ts';
import type { ReleaseFacts } from '../../../src/core/world.ts';

const plain: RightsOptions = { asController: false, skipStatus: false, serviceOnly: false, settingsDecide: false };

/** `patch virtualmachineservices/status (the status is left as it is)`: what can be done without stands with its loss. */
function words({ verb, resource, subresource, name, without }: NeededRight): string {
  const object = [resource, ...(subresource === undefined ? [] : [subresource])].join('/');
  return [verb, object, ...(name === undefined ? [] : [name]), ...(without === undefined ? [] : [`(${without})`])].join(' ');
}

const needed = (command: RightsCommand, options: Partial<RightsOptions> = {}) => neededRights(command, { ...plain, ...options }).map(words);

/** The rights of a command; those named are denied or unknown, as `verb resource`. */
function answered(command: RightsCommand, denied: readonly string[], unknown: readonly string[] = []): readonly AnsweredRight[] {
  return neededRights(command, plain).map((right) => {
    const said = words({ ...right, without: '' }).replace(' ()', '');
    const answer: RightAnswer['answer'] = denied.includes(said) ? 'denied' : unknown.includes(said) ? 'unknown' : 'allowed';
    return { ...right, answer, reason: '' };
  });
}

const services = ['get services (Services are unknown)', 'list services (Services are unknown)'];
const endpoints = ['get endpoints (Endpoints are unknown)', 'list endpoints (Endpoints are unknown)'];
const listed = ['get virtualmachineservices', 'list virtualmachineservices'];
const planned = [
  'get virtualmachineservices',
  'list virtualmachines',
  'get services',
  'get endpoints',
  'list virtualmachineservices (services by name only)',
  'list endpoints (services by name only)',
  'list services',
];
const children = ['create services', 'patch services', 'create endpoints', 'patch endpoints'];

test('what get, vms and describe take: VirtualMachineServices, and for vms the VMs; the rest is unknown without', () => {
  assert.deepEqual(needed('get'), [...listed, 'list virtualmachines (VMs are unknown)', ...services, ...endpoints]);
  assert.deepEqual(needed('vms'), [...listed, 'list virtualmachines', ...services, ...endpoints]);
  assert.deepEqual(needed('describe'), [
    ...listed,
    'list virtualmachines (VMs are unknown)',
    ...services,
    ...endpoints,
    'list endpointslices (slices are left out)',
    'list events (events are left out)',
  ]);
});

test('diff must see everything that goes into Endpoints, and writes nothing', () => {
  assert.deepEqual(needed('diff'), planned);
  assert.deepEqual(needed('diff', { asController: true }), planned);
});

test('nudge marks a Service, or a VM where there is none yet: neither Endpoints nor status', () => {
  assert.deepEqual(needed('nudge'), [
    ...planned.slice(0, -1),
    'list services (services by name only)',
    'patch services',
    'patch virtualmachines (not where there is no Service yet)',
  ]);
});

test('reconcile also writes both children, the VirtualMachineService and, where it may, its status', () => {
  const all = [...planned, 'list resourcequotas (a quota may be met half-way)', ...children, 'patch virtualmachineservices'];
  assert.deepEqual(needed('reconcile'), [...all, 'patch virtualmachineservices/status (the status is left as it is)']);
  assert.deepEqual(needed('reconcile', { skipStatus: true, serviceOnly: false }), all);
});

test('who plays the controller must be able to write the status, and to delete what is to be deleted', () => {
  assert.deepEqual(needed('reconcile', { asController: true }), [
    ...planned,
    ...children,
    'delete services (not those that are being deleted)',
    'delete endpoints (not those that are being deleted)',
    'patch virtualmachineservices',
    'patch virtualmachineservices/status',
  ]);
});

test('where NetworkSettings decide about the load balancer, plans must see them', () => {
  const extra = (command: RightsCommand) => {
    const without = needed(command);
    return needed(command, { settingsDecide: true }).filter((right) => !without.includes(right));
  };
  assert.deepEqual(
    rightsCommands.map((command) => [command, extra(command)]),
    [
      ['get', ['get networksettings default (the load balancer is unknown)']],
      ['describe', ['get networksettings default (the load balancer is unknown)']],
      ['vms', ['get networksettings default (the load balancer is unknown)']],
      ['events', []],
      ['debug', ['get networksettings default (the load balancer is unknown)']],
      ['bundle', ['get networksettings default (the load balancer is unknown)']],
      ['probe', []],
      ['validate', ['get networksettings default (the load balancer is unknown)']],
      ['overlay', ['get networksettings default (the load balancer is unknown)']],
      ['wait', ['get networksettings default (not for healthy, reconciled)']],
      ['create', []],
      ['convert', []],
      ['delete', []],
      ['diff', ['get networksettings default']],
      ['nudge', []],
      ['reconcile', ['get networksettings default']],
      ['undo', []],
      ['orphans', []],
    ],
  );
  const facts: ReleaseFacts = {
    traits: traitsOf('E'),
    release: 'main',
    version: 'v1alpha6',
    workloadIPv6: false,
    provider: 'auto',
    perNamespaceProvider: true,
  };
  assert.equal(settingsDecide(facts), true);
  assert.equal(settingsDecide({ ...facts, perNamespaceProvider: false }), false);
  assert.equal(settingsDecide({ ...facts, perNamespaceProvider: false, provider: 'namespace' }), true);
  assert.equal(settingsDecide({ ...facts, provider: 'nsx' }), false);
});

test('no command names a right twice', () => {
  for (const command of rightsCommands) {
    const keys = neededRights(command, { asController: true, skipStatus: false, serviceOnly: false, settingsDecide: true }).map(rightKey);
    assert.equal(new Set(keys).size, keys.length, command);
  }
});

test('one missing right forbids a command, and one that it can do without leaves something out', () => {
  assert.equal(verdictOn(answered('reconcile', [])), 'yes');
  for (const right of [...children, 'patch virtualmachineservices', 'get services', 'list services', 'list virtualmachines']) {
    assert.equal(verdictOn(answered('reconcile', [right])), 'no', right);
  }
  for (const right of ['patch virtualmachineservices/status', 'list endpoints']) {
    assert.equal(verdictOn(answered('reconcile', [right])), 'partly', right);
  }
});

test('R049 a right that could not be asked for is neither there nor missing; one that is known to be missing decides', () => {
  assert.equal(verdictOn(answered('reconcile', [], ['patch endpoints'])), 'unknown');
  assert.equal(verdictOn(answered('reconcile', ['list endpoints'], ['patch virtualmachineservices/status'])), 'unknown');
  assert.equal(verdictOn(answered('reconcile', ['create services'], ['patch endpoints'])), 'no');
});

test('commands of one family with the same answer for the same reason share a row', () => {
  const rows = (denied: readonly string[], unknown: readonly string[] = []) =>
    rightsRows(rightsCommands.map((command) => commandRights(command, answered(command, denied, unknown)))).map(
      ({ titles, verdict, missing }) => [
        titles.join(', '),
        verdict,
        ...missing.map(({ answer, verbs, resources, without }) => [answer, verbs.join(' '), resources.join(' '), without]),
      ],
    );
  assert.deepEqual(rows([]), [
    ['get, describe, vms', 'yes'],
    ['events', 'yes'],
    ['debug, bundle', 'yes'],
    ['debug --from=pod', 'yes'],
    ['validate, validate --live', 'yes'],
    ['wait', 'yes'],
    ['create, convert', 'yes'],
    ['delete', 'yes'],
    ['diff', 'yes'],
    ['nudge', 'yes'],
    ['reconcile --once', 'yes'],
    ['reconcile --undo', 'yes'],
    ['reconcile --orphans', 'yes'],
  ]);
  assert.deepEqual(rows(['list events', 'create endpoints', 'patch endpoints', 'patch virtualmachineservices/status']), [
    ['get, vms', 'yes'],
    ['describe', 'partly', ['denied', 'list', 'events', 'events are left out']],
    ['events', 'partly', ['denied', 'list', 'events', 'events are left out']],
    ['debug, bundle', 'partly', ['denied', 'list', 'events', 'events are left out']],
    ['debug --from=pod', 'yes'],
    ['validate, validate --live', 'yes'],
    ['wait', 'yes'],
    ['create, convert', 'yes'],
    ['delete', 'yes'],
    ['diff', 'yes'],
    ['nudge', 'yes'],
    ['reconcile --once', 'no', ['denied', 'create patch', 'endpoints', undefined]],
    ['reconcile --undo', 'no', ['denied', 'patch', 'endpoints', undefined]],
    ['reconcile --orphans', 'yes'],
  ]);
  assert.deepEqual(rows(['list virtualmachines'], ['patch services', 'patch endpoints']), [
    ['get, describe', 'partly', ['denied', 'list', 'virtualmachines', 'VMs are unknown']],
    ['vms', 'no', ['denied', 'list', 'virtualmachines', undefined]],
    ['events', 'partly', ['denied', 'list', 'virtualmachines', 'VMs are unknown']],
    ['debug, bundle', 'partly', ['denied', 'list', 'virtualmachines', 'VMs are unknown']],
    ['debug --from=pod', 'partly', ['denied', 'list', 'virtualmachines', 'VMs are unknown']],
    ['validate', 'partly', ['denied', 'list', 'virtualmachines', 'VMs are unknown']],
    [
      'validate --live',
      'unknown',
      ['denied', 'list', 'virtualmachines', 'VMs are unknown'],
      ['unknown', 'patch', 'services', 'the server is not asked to try the Service'],
    ],
    ['wait', 'partly', ['denied', 'list', 'virtualmachines', 'not for endpoints, healthy, reconciled']],
    ['create', 'partly', ['denied', 'list', 'virtualmachines', 'who is selected is unknown, and no --from']],
    ['convert', 'partly', ['denied', 'list', 'virtualmachines', 'no Endpoints for VMs that are not in the files']],
    ['delete', 'yes'],
    ['diff', 'no', ['denied', 'list', 'virtualmachines', undefined]],
    ['nudge', 'no', ['denied', 'list', 'virtualmachines', undefined]],
    ['reconcile --once', 'no', ['denied', 'list', 'virtualmachines', undefined]],
    [
      'reconcile --undo',
      'unknown',
      ['unknown', 'patch', 'services endpoints', undefined],
      ['denied', 'list', 'virtualmachines', 'whether VM Operator is at work is not seen'],
    ],
    ['reconcile --orphans', 'partly', ['denied', 'list', 'virtualmachines', 'whether VM Operator is at work is not seen']],
  ]);
  assert.deepEqual(rows([], ['patch services', 'patch endpoints']).at(-3), [
    'reconcile --once',
    'unknown',
    ['unknown', 'patch', 'services endpoints', undefined],
  ]);
});

test('verbs of one resource are joined, then resources of the same verbs; nothing is joined across answers', () => {
  const groups = groupRights(answered('reconcile', ['create services', 'patch services', 'create endpoints', 'patch endpoints']));
  assert.deepEqual(
    groups.filter(({ answer }) => answer === 'denied'),
    [{ answer: 'denied', verbs: ['create', 'patch'], resources: ['services', 'endpoints'], without: undefined }],
  );
});

test('the Role for reconcile has one rule a resource, with the status by itself', () => {
  const vmOperator = ['vmoperator.vmware.com'];
  assert.deepEqual(minimalRole('reconcile', 'team-a', neededRights('reconcile', { ...plain, settingsDecide: true })), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'vmsvc-reconcile', namespace: 'team-a' },
    rules: [
      { apiGroups: vmOperator, resources: ['virtualmachineservices'], verbs: ['get', 'list', 'patch'] },
      { apiGroups: vmOperator, resources: ['virtualmachines'], verbs: ['list'] },
      { apiGroups: [''], resources: ['services'], verbs: ['get', 'list', 'create', 'patch'] },
      { apiGroups: [''], resources: ['endpoints'], verbs: ['get', 'list', 'create', 'patch'] },
      { apiGroups: ['netoperator.vmware.com'], resources: ['networksettings'], resourceNames: ['default'], verbs: ['get'] },
      { apiGroups: [''], resources: ['resourcequotas'], verbs: ['list'] },
      { apiGroups: vmOperator, resources: ['virtualmachineservices/status'], verbs: ['patch'] },
    ],
  });
});

test('the Role for undo has what puts back and takes away, and makes nothing; that for orphans changes nothing else', () => {
  const rules = (command: RightsCommand) => {
    const byResource = Map.groupBy(neededRights(command, plain), ({ resource, subresource }) =>
      [resource, subresource ?? []].flat().join('/'),
    );
    return Object.fromEntries([...byResource].map(([resource, rights]) => [resource, rights.map(({ verb }) => verb).join(' ')]));
  };
  assert.deepEqual(rules('undo'), {
    virtualmachineservices: 'get patch list',
    'virtualmachineservices/status': 'patch',
    services: 'get patch delete list',
    endpoints: 'get patch delete list',
    virtualmachines: 'list',
  });
  assert.deepEqual(rules('orphans'), {
    virtualmachineservices: 'list',
    services: 'list delete',
    endpoints: 'list delete',
    virtualmachines: 'list',
  });
});

test('the document has each right with its answer, and what is lost without it', () => {
  const events = answered('describe', ['list events']).filter(({ resource }) => resource === 'events');
  const status = answered('reconcile', [], ['patch virtualmachineservices/status']).slice(-2);
  assert.deepEqual(rightsReport('prod', [commandRights('describe', events), commandRights('reconcile', status)]), {
    namespace: 'prod',
    items: [
      {
        command: 'describe',
        answer: 'partly',
        rights: [{ verb: 'list', group: '', resource: 'events', answer: 'denied', reason: '', without: 'events are left out' }],
      },
      {
        command: 'reconcile --once',
        answer: 'unknown',
        rights: [
          {
            verb: 'patch',
            group: 'vmoperator.vmware.com',
            resource: 'virtualmachineservices',
            answer: 'allowed',
            reason: '',
            without: null,
          },
          {
            verb: 'patch',
            group: 'vmoperator.vmware.com',
            resource: 'virtualmachineservices',
            subresource: 'status',
            answer: 'unknown',
            reason: '',
            without: 'the status is left as it is',
          },
        ],
      },
    ],
  });
});
