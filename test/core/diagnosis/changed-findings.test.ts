import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChangedFindings, changedFindings, firstFindings } from '../../../src/core/diagnosis/changed-findings.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { aVm } from '../../support/builders.ts';
import { type DiagnosedOptions, endpoints, healthy, reportOf, service, svc } from '../../support/diagnosed.ts';

const misspelt = aVm('web-1', { labels: { App: 'web' }, ip: '10.0.0.1' });
const broken: readonly KubeObject[] = [svc(), misspelt, service(), endpoints()];
const mended = healthy;
const withoutVms: DiagnosedOptions = { hidden: { vms: 'Forbidden' } };

/** What each look after the first one changes, as `cleared VMS202`. */
function changesOf(...looks: readonly (readonly [objects: readonly KubeObject[], options?: DiagnosedOptions])[]): readonly string[][] {
  const [first, ...later] = looks.map(([objects, options]) => reportOf(objects, options));
  assert.ok(first);
  let known = firstFindings(first);
  return later.map((report) => {
    const { known: next, ...changes } = changedFindings(known, report);
    known = next;
    return linesOf(changes);
  });
}

function linesOf({ appeared, cleared, hidden, visible }: ChangedFindings): string[] {
  return Object.entries({ appeared, visible, cleared, hidden }).flatMap(([word, told]) =>
    told.map(({ finding }) => `${word} ${finding.code}`),
  );
}

test('what was mended has cleared', () => {
  assert.deepEqual(changesOf([broken], [mended], [mended]), [['cleared VMS202'], []]);
});

test('what may no longer be looked for is hidden, once, and not cleared', () => {
  assert.deepEqual(changesOf([broken], [broken, withoutVms], [broken, withoutVms]), [
    ['appeared VMS910', 'appeared VMS614', 'hidden VMS202'],
    [],
  ]);
});

test('what was hidden is visible again where it is still there, and cleared where it is not', () => {
  const [, still] = changesOf([broken], [broken, withoutVms], [broken]);
  assert.deepEqual(still, ['visible VMS202', 'cleared VMS910']);
  const [, gone] = changesOf([broken], [broken, withoutVms], [mended]);
  assert.deepEqual(gone, ['cleared VMS910', 'cleared VMS614', 'cleared VMS202']);
});

test('what a rule found although something could not be looked at has cleared when it finds it no more', () => {
  const differs = [svc({ ports: [81] }), aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1' }), service(), endpoints()];
  const withoutEvents: DiagnosedOptions = { hidden: { vms: 'Forbidden' } };
  const [changes] = changesOf([differs, withoutEvents], [[svc(), service(), endpoints()], withoutEvents]);
  assert.deepEqual(changes, ['cleared VMS406']);
});

test('what is told under its cause from now on has not cleared', () => {
  const nobody = [svc(), aVm('db-1', { labels: { app: 'db' } }), service(), endpoints()];
  const [folded, mendedAll] = changesOf([nobody, withoutVms], [nobody], [mended]);
  assert.deepEqual(folded, ['appeared VMS201', 'cleared VMS910']);
  assert.deepEqual(mendedAll, ['cleared VMS201', 'cleared VMS614']);
});
