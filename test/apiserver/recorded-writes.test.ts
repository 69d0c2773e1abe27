import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiRequest } from '../../src/apiserver/request.ts';
import { isList, type Json, type JsonObject, type KubeObject } from '../../src/model/object.ts';
import { anApiServer } from '../support/api-server.ts';
import { ask, at } from '../support/ask.ts';
import { recordedLines } from '../support/recordings.ts';

interface RecordedWrite {
  /** The Services and Endpoints, or the VirtualMachineServices, of the namespace. */
  readonly before: readonly KubeObject[];
  readonly request: {
    readonly verb: 'create' | 'update' | 'patch' | 'delete';
    readonly name?: string;
    readonly subresource?: string;
    readonly dryRun?: boolean;
    /** A patch is a JSON merge patch. */
    readonly body?: JsonObject;
  };
  readonly answer: { readonly code: number; readonly body: JsonObject; readonly warnings: string };
}

const kinds = [
  { kind: 'Service', apiVersion: 'v1', file: 'service-writes', atLeast: 400 },
  { kind: 'Endpoints', apiVersion: 'v1', file: 'endpoints-writes', atLeast: 100 },
  { kind: 'VirtualMachineService', apiVersion: 'vmoperator.vmware.com/v1alpha6', file: 'virtual-machine-service-writes', atLeast: 150 },
] as const;

for (const { kind, apiVersion, file, atLeast } of kinds) {
  suite(`every recorded write of ${kind} objects is answered as kube-apiserver answered it`, () => {
    const writes = recordedLines<RecordedWrite>(`apiserver/recordings/${file}.jsonl.gz`);
    assert.ok(writes.length > atLeast);
    for (const { before, request, answer } of writes) {
      const { verb, name, subresource, dryRun, body } = request;
      const dry = dryRun === true ? ', dry run' : '';
      test(`${verb} ${name ?? ''}${subresource === undefined ? '' : `/${subresource}`}${dry}: ${JSON.stringify(body ?? {})}`, () => {
        const namespace = namespaceOf(answer.body, before, file);
        const server = anApiServer();
        server.load([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...before]);
        const target = { apiVersion, kind, namespace, ...(name === undefined ? {} : { name }) };
        const sent = body === undefined ? undefined : withOwnVersion(body, before, server.objects());
        const ours = ask(server, verb, target, {
          ...(subresource === undefined ? {} : { subresource }),
          ...(sent === undefined ? {} : { body: sent }),
          ...(verb === 'patch' ? { patchType: 'merge' as const } : {}),
          options: requestOptions(dryRun),
        });
        const known = textsIn([...before.map((object): Json => JSON.parse(JSON.stringify(object))), body ?? null]);
        const assigned = dryRun === true ? new Set<string>() : known;
        assert.deepEqual(
          { code: ours.code, body: comparable(JSON.parse(JSON.stringify(ours.body)), known, assigned, dryRun === true) },
          { code: answer.code, body: comparable(answer.body, known, assigned, dryRun === true) },
        );
        assert.equal(ours.warnings.map((text) => JSON.stringify(text)).join(', '), answer.warnings);
      });
    }
  });
}

function requestOptions(dryRun: boolean | undefined): ApiRequest['options'] {
  return { fieldValidation: 'Warn', dryRun: dryRun === true };
}

/** The namespace of the recording: refusals do not name it. */
function namespaceOf(body: JsonObject, before: readonly KubeObject[], file: string): string {
  const named = before[0]?.metadata.namespace ?? at(body, 'metadata.namespace');
  return typeof named === 'string' ? named : file;
}

/** The recorded resourceVersion of an object stands for the one that it got here. */
function withOwnVersion(body: JsonObject, before: readonly KubeObject[], now: readonly KubeObject[]): JsonObject {
  const metadata = at(body, 'metadata');
  if (typeof metadata !== 'object' || metadata === null || isList(metadata)) return body;
  const old = before.find((object) => object.metadata.resourceVersion === metadata.resourceVersion);
  const here = now.find((object) => old !== undefined && object.metadata.uid === old.metadata.uid);
  return here === undefined ? body : { ...body, metadata: { ...metadata, resourceVersion: here.metadata.resourceVersion } };
}

function textsIn(value: Json, found = new Set<string>()): Set<string> {
  if (isList(value)) for (const item of value) textsIn(item, found);
  else if (typeof value === 'object' && value !== null) for (const field of Object.values(value)) textsIn(field ?? null, found);
  else found.add(String(value));
  return found;
}

/** With a word for everything that a server assigns: to compare what two servers said. */
function comparable(body: JsonObject, known: ReadonlySet<string>, assigned: ReadonlySet<string>, dryRun: boolean): JsonObject {
  if (body.kind === 'Status') return comparableStatus(body);
  const metadata = at(body, 'metadata');
  const { resourceVersion: _version, creationTimestamp: _time, managedFields: _managers, ...rest } = Object(metadata);
  const word = (value: Json | undefined, replacement: string) => (value === undefined || known.has(String(value)) ? value : replacement);
  // When a deletion began is asked by other tests; an object may have been deleted in the second of its creation.
  const meta = { ...rest, uid: word(rest.uid, 'a new uid'), deletionTimestamp: rest.deletionTimestamp === undefined ? undefined : 'then' };
  const spec = at(body, 'spec');
  if (body.kind !== 'Service' || typeof spec !== 'object' || spec === null || isList(spec)) return { ...body, metadata: meta };
  if (dryRun) return { ...body, metadata: meta };
  const ip = (value: Json | undefined) => word(value, String(value).includes(':') ? 'an IPv6 address' : 'an IPv4 address');
  const port = (value: Json | undefined) => (value === undefined || assigned.has(String(value)) ? value : 'a node port');
  return {
    ...body,
    metadata: meta,
    spec: {
      ...spec,
      clusterIP: ip(spec.clusterIP),
      clusterIPs: isList(spec.clusterIPs) ? spec.clusterIPs.map((value) => ip(value) ?? null) : undefined,
      healthCheckNodePort: port(spec.healthCheckNodePort),
      ports: isList(spec.ports) ? spec.ports.map((item) => ({ ...Object(item), nodePort: port(at(item, 'nodePort')) })) : undefined,
    },
  };
}

/** Addresses of memory, addresses that were drawn at random, and the order in which a schema's errors were found. */
function comparableStatus(body: JsonObject): JsonObject {
  const text = (value: Json | undefined) =>
    String(value)
      .replace(/0xc[0-9a-f]+/g, 'a pointer')
      .replace(/fd00:10:96::[0-9a-f]{1,4}"}: may not change/, 'an address"}: may not change')
      .replace(/Invalid value: "\{.*\}": json:/s, 'Invalid value: the object: json:');
  const causes = at(body, 'details.causes');
  if (!isList(causes)) return { ...body, message: text(body.message) };
  const sorted = causes.map((cause) => `${at(cause, 'reason')} ${at(cause, 'field')}: ${text(at(cause, 'message'))}`).sort();
  // A schema's errors come in random order; those of built-in kinds in theirs.
  const message =
    String(at(body, 'details.group')) === 'vmoperator.vmware.com' && causes.length > 1 ? 'several errors' : text(body.message);
  return { ...body, message, details: { ...Object(body.details), causes: sorted } };
}
