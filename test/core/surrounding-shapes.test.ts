import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { surroundingOf } from '../../src/core/surrounding-shapes.ts';
import { type SurroundingName, surroundingKinds, surroundingNames } from '../../src/core/surroundings.ts';
import type { JsonObject, KubeObject } from '../../src/model/object.ts';
import { UnreadableObject } from '../../src/model/shape.ts';

function object(name: SurroundingName, rest: JsonObject): KubeObject {
  const { group, kind } = surroundingKinds[name];
  return { apiVersion: group === '' ? 'v1' : `${group}/v1`, kind, metadata: { name: 'x', namespace: 'prod' }, ...rest };
}

/** What a rule would take for "none", and what is said of it instead. */
const odd: readonly (readonly [SurroundingName, JsonObject, string])[] = [
  ['namespaces', { status: { phase: true } }, 'status.phase must be text'],
  ['quotas', { status: { hard: { services: [5] } } }, 'status.hard.services must be a number or text'],
  ['quotas', { status: { used: 'none' } }, 'status.used must be a mapping'],
  ['securityPolicies', { spec: { rules: {} } }, 'spec.rules must be a list'],
  [
    'oldSecurityPolicies',
    { spec: { appliedTo: [{ vmSelector: { matchLabels: { app: 1 } } }] } },
    'spec.appliedTo[0].vmSelector.matchLabels.app must be text',
  ],
  [
    'subnetPorts',
    { status: { networkInterfaceConfig: { ipAddresses: ['10.0.0.1'] } } },
    'status.networkInterfaceConfig.ipAddresses[0] must be a mapping',
  ],
  ['ipAddressAllocations', { status: { conditions: { type: 'Ready' } } }, 'status.conditions must be a list'],
  ['networkInfos', { status: { conditions: [{ type: 'LBCapability', status: false }] } }, 'status.conditions[0].status must be text'],
  ['virtualNetworkInterfaces', { status: 'down' }, 'status must be a mapping'],
  ['networkInterfaces', { status: { ipConfigs: [{ ip: 10 }] } }, 'status.ipConfigs[0].ip must be text'],
  ['ipPools', { status: { conditions: ['full'] } }, 'status.conditions[0] must be a mapping'],
  ['gateways', { status: { listeners: [{ port: {} }] } }, 'status.listeners[0].port must be a number or text'],
  ['replicaSets', { spec: { template: { metadata: { labels: ['app=web'] } } } }, 'spec.template.metadata.labels must be a mapping'],
  ['operatorLeases', { spec: { renewTime: 1 } }, 'spec.renewTime must be text'],
  ['operatorDeployments', { status: { availableReplicas: 'one' } }, 'status.availableReplicas must be a number'],
];

suite('an object around services', () => {
  for (const [name, rest, said] of odd) {
    test(`of kind ${surroundingKinds[name].kind} cannot be read where ${said}`, () => {
      assert.throws(
        () => surroundingOf(name, object(name, rest)),
        (error: unknown) =>
          error instanceof UnreadableObject && error.message === `${surroundingKinds[name].kind} prod/x cannot be read: ${said}`,
      );
    });
  }

  test('of any kind may lack everything but its name, and null is as good as absent', () => {
    for (const name of surroundingNames) {
      const bare = object(name, {});
      assert.equal(surroundingOf(name, bare), bare);
      assert.equal(surroundingOf(name, object(name, { spec: null, status: null })).kind, bare.kind);
    }
  });
});
