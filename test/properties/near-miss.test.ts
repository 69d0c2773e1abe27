import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { indexLabels, nearMisses, nearMissesAmong } from '../../src/core/near-miss.ts';
import { indexVms } from '../../src/core/selector.ts';
import { propertyOptions } from '../support/arbitraries.ts';
import { aVm } from '../support/builders.ts';

/** Few keys and values, so that VMs have the wanted ones, near ones and others. */
const labels = fc.dictionary(
  fc.constantFrom('app', 'App', 'k8s-app', 'app.kubernetes.io/name', 'tier', 'teir'),
  fc.constantFrom('web', 'Web', 'webs', 'front', 'frnot', 'db-1', 'db-2'),
  { maxKeys: 2 },
);

test('what is found among indexed VMs is what is found by looking at each of them', () => {
  fc.assert(
    fc.property(labels, fc.array(labels, { maxLength: 12 }), (selector, ofVms) => {
      const vms = ofVms.map((own, index) => aVm(`vm-${String(index).padStart(2, '0')}`, { labels: own }));
      const index = indexVms(vms);
      const among = nearMissesAmong(selector, indexLabels(vms), (key, value) => index.withLabel('prod', key, value));
      assert.deepEqual(among, nearMisses(selector, vms));
    }),
    propertyOptions(2000),
  );
});
