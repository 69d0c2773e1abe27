import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SelectionPreview } from '../../src/core/create/selection-preview.ts';
import { renderSelectionPreview } from '../../src/render/selection-preview.ts';
import { plainStyle } from '../../src/render/style.ts';
import { aVm, aVmService } from '../support/builders.ts';

const vms = Array.from({ length: 6 }, (_, index) => aVm(`web-server-${index + 1}`));
const near = aVm('web-9');
const preview: SelectionPreview = {
  selected: { items: vms },
  almost: [{ vm: near, wanted: { key: 'tier', value: 'front' }, label: { key: 'tier', value: 'Front' }, how: 'LetterCase', besides: [] }],
  overlaps: {
    items: [
      { vmService: aVmService('old'), vms },
      { vmService: aVmService('part'), vms: vms.slice(0, 2) },
    ],
  },
  machines: [],
};
const render = (width: number | undefined, changed: Partial<SelectionPreview> = {}) =>
  renderSelectionPreview([], { ...preview, ...changed }, width, plainStyle(true));

test('in a pipe everything about the selected VMs stands in one line', () => {
  assert.equal(
    render(undefined),
    `Selects 6 VMs now:  web-server-1  web-server-2  web-server-3  web-server-4  web-server-5  web-server-6          also matched by: services "old", "part" (web-server-1, web-server-2) (VMS206)
Almost:             web-9  tier=Front, the selector wants tier=front
`,
  );
});

test('in a terminal lines end between names', () => {
  assert.equal(
    render(70),
    `Selects 6 VMs now:  web-server-1  web-server-2  web-server-3
                    web-server-4  web-server-5  web-server-6
Also matched by:    service "old" (VMS206)
                    service "part" (web-server-1, web-server-2) (VMS206)
Almost:             web-9  tier=Front, the selector wants tier=front
`,
  );
});

test('nobody selected, nobody seen, and very many', () => {
  const nothing = { items: [] };
  assert.equal(render(80, { selected: nothing, almost: [], overlaps: nothing }), 'Selects no VM now  (VMS201)\n');
  const many = Array.from({ length: 30 }, (_, index) => aVm(`w${index}`));
  assert.match(render(undefined, { selected: { items: many }, almost: [], overlaps: nothing }), / {2}w18 {2}and 11 more\n$/);
  const unavailable = {
    verb: 'list',
    resource: 'virtualmachines',
    group: '',
    namespace: 'prod',
    because: 'Forbidden',
    message: '',
  } as const;
  assert.equal(
    render(80, { selected: { unavailable }, almost: [], overlaps: { unavailable } }),
    `Selects:          not known: not permitted to list virtualmachines in prod
Also matched by:  not known: not permitted to list virtualmachines in prod
`,
  );
});

test('names that would act on a terminal are made safe', () => {
  const evil = aVm('web\u001b[31m');
  assert.equal(render(40, { selected: { items: [evil] }, almost: [] }).includes('\u001b'), false);
});
