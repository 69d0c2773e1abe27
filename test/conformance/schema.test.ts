import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedObject } from '../../src/apiserver/json.ts';
import type { ServedResource } from '../../src/apiserver/request.ts';
import { customResourceSchemas, schemaLookup } from '../../src/apiserver/schema/schema.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { FieldError } from '../../src/core/field-errors.ts';
import { virtualMachineServices } from '../../src/model/resources.ts';
import type { StatusCause } from '../../src/model/status.ts';
import { type RecordedAdmission, readAdmissions } from '../support/conformance.ts';
import { frozen } from '../support/frozen.ts';

const schemas = customResourceSchemas(schemaLookup(readCrdFiles('E')));

interface Verdict {
  /** Of the strict decoding error, or of a value of a wrong type in the metadata. */
  readonly undecodable?: string;
  readonly causes?: readonly string[];
}

/** What is wrong with an object, given what is wrong with its metadata, which is not the schema's business. */
function verdictOn({ object, apiServer }: RecordedAdmission): Verdict {
  const { apiVersion, kind } = storedObject(object);
  const resource: ServedResource = { ...virtualMachineServices, version: apiVersion.slice(apiVersion.indexOf('/') + 1) };
  const pruned = schemas.prune(storedObject(frozen(object)), resource);
  const intro = `${kind} in version "${resource.version}" cannot be handled as a ${kind}: `;
  if (pruned.undecodable !== undefined) return { undecodable: `${intro}${pruned.undecodable}` };
  if (pruned.unknownFields.length > 0) {
    return { undecodable: `${intro}strict decoding error: ${pruned.unknownFields.map((field) => `unknown field "${field}"`).join(', ')}` };
  }
  const metadataErrors = (apiServer.causes ?? []).filter(isMetadata).map(fieldError);
  const errors = schemas.validate(schemas.default(pruned.object, resource), undefined, resource, metadataErrors);
  return errors.length + metadataErrors.length === 0 ? {} : { causes: sorted([...metadataErrors, ...errors]) };
}

function isMetadata({ field }: StatusCause): boolean {
  return field?.startsWith('metadata.') === true;
}

function fieldError({ reason = '', message = '', field = '' }: StatusCause): FieldError {
  return { reason, message, field };
}

function sorted(causes: readonly StatusCause[]): readonly string[] {
  return causes.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort();
}

test('every recorded VirtualMachineService is accepted, or refused for the same reasons, as by the real API server', () => {
  const admissions = readAdmissions();
  assert.equal(admissions.length, 600);
  for (const admission of admissions) {
    const { allowed, code, message, causes } = admission.apiServer;
    const real = allowed ? {} : code === 400 ? { undecodable: message } : { causes: sorted(causes ?? []) };
    assert.deepEqual(verdictOn(admission), real, admission.id);
  }
});
