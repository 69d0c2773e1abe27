import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Admission, vmServiceAdmission } from '../../src/apiserver/admission/vm-service-admission.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { Finding } from '../../src/core/finding.ts';
import { type RecordedAdmission, readAdmissions } from '../support/conformance.ts';
import { frozen } from '../support/frozen.ts';

const admission: Admission = vmServiceAdmission({
  profile: 'E',
  definitions: readCrdFiles('E'),
  workloadIPv6: false,
  providerOf: () => ({ from: 'setting', provider: 'none' }),
  objects: [],
  kubernetesMinor: 33,
});

interface Verdict {
  readonly refused: boolean;
  /** Fields that were named and that we do not name. */
  readonly unnamed: readonly string[];
}

function verdictOf(findings: readonly Finding[], named: readonly string[]): Verdict {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const fields = new Set(errors.map(({ field }) => field));
  return { refused: errors.length > 0, unnamed: named.filter((field) => !fields.has(field)) };
}

/** The fields of `unknown field "spec.a"`, and of errors that a webhook or the API server joined to one text. */
function fieldsOf(message: string): readonly string[] {
  const unknown = [...message.matchAll(/(?:unknown|duplicate) field "([^"]*)"/g)].map(([, field = '']) => field);
  const joined = message.matchAll(
    /(?:^|, |is invalid: \[?)((?:metadata|spec)[\w.]*(?:\[[^\]]*\])?[\w.]*): (?:Required|Invalid|Duplicate|Unsupported|Forbidden)/g,
  );
  return [...unknown, ...[...joined].map(([, field = '']) => field)];
}

function serverFields({ causes, message = '' }: RecordedAdmission['apiServer']): readonly string[] {
  return [
    ...(causes ?? []).flatMap(({ field }) => (field === undefined || field === '<nil>' ? [] : [field])),
    ...fieldsOf(message).filter(() => causes === undefined),
  ];
}

test('every recorded VirtualMachineService is refused exactly when the API server, the webhook or the child Service was', () => {
  for (const { id, object, apiServer, webhookCreate, child } of readAdmissions()) {
    const named = [...serverFields(apiServer), ...fieldsOf(webhookCreate.message ?? ''), ...fieldsOf(child?.message ?? '')];
    const refused = !apiServer.allowed || !webhookCreate.allowed || child?.ok === false;
    assert.deepEqual(verdictOf(admission.all(frozen(object), { namespace: 'val' }), named), { refused, unnamed: [] }, id);
  }
});

test('every recorded update is refused exactly when the API server, the webhook or the child Service was', () => {
  for (const { id, object, old, apiServer, webhookUpdate, child } of readAdmissions()) {
    if (old === undefined || webhookUpdate === undefined) continue;
    const findings = admission.all(frozen(object), { namespace: 'val', old: frozen(old) });
    const { refused, unnamed } = verdictOf(findings, fieldsOf(webhookUpdate.message ?? ''));
    assert.deepEqual(unnamed, [], id);
    // The API server's own answer was to a creation: where it refused that, an update that changes nothing there may pass.
    if (apiServer.allowed || !webhookUpdate.allowed) assert.equal(refused, !webhookUpdate.allowed || child?.ok === false, id);
  }
});
