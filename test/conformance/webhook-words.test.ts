import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainError } from '../../src/cli/error-words.ts';
import { ApiError } from '../../src/model/status.ts';
import { readAdmissions } from '../support/conformance.ts';

const head = 'The VirtualMachineService "web" is invalid:';
const fieldError =
  /^(?:metadata|spec)(?:\.\w+|\[\d+\])*: (?:Required value|Invalid value: |Duplicate value: |Unsupported value: |Forbidden: )/;

/** As the API server hands on a denial of VM Operator's webhook: its words are the reason too. */
function denied(reason: string): ApiError {
  const message = `admission webhook "default.validating.virtualmachineservice.v1alpha6.vmoperator.vmware.com" denied the request: ${reason}`;
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 422, reason, message });
}

function saidOf(reason: string): readonly string[] {
  const { lines, exitCode } = explainError(denied(reason), [], { kind: 'VirtualMachineService', name: 'web' });
  assert.equal(exitCode, 3);
  return lines;
}

const reasons = readAdmissions().flatMap(({ webhookCreate, webhookUpdate }) =>
  [webhookCreate, webhookUpdate].flatMap((answer) => (answer?.allowed === false && answer.message ? [answer.message] : [])),
);

test('everything that the webhook was heard to refuse is a line for each field, in its words', () => {
  const [one, several] = [new Set<string>(), new Set<string>()];
  for (const reason of new Set(reasons)) {
    const [first = '', ...rest] = saidOf(reason);
    if (!/^(?:metadata|spec)\b/.test(reason)) continue;
    assert.ok(first.startsWith(head), first);
    const fields = rest.length === 0 ? [first.slice(head.length + 1)] : rest.map((line) => line.replace(/^\* /, ''));
    for (const field of fields) {
      assert.match(field, fieldError);
      assert.ok(!/, (?:metadata|spec)[\w.[\]]*: /.test(field), `two in one line: ${field}`);
    }
    const [seen, said] = [new Set(reason.split(', ')), new Set(fields.join(', ').split(', '))];
    assert.deepEqual(said, seen, 'nothing is left out or added');
    (rest.length === 0 ? one : several).add(reason);
  }
  assert.ok(one.size > 40 && several.size > 20, `${one.size} with one field, ${several.size} with several`);
});

test('what the webhook refuses without a field is said as it was sent', () => {
  const others = reasons.filter((reason) => !/^(?:metadata|spec)\b/.test(reason));
  assert.ok(others.length > 0);
  for (const reason of others) assert.deepEqual(saidOf(reason), [`Error from server (422): ${denied(reason).message}`]);
});
