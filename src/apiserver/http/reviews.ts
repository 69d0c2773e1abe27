import type { JsonObject } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import { badRequest } from '../answers.ts';
import type { ApiResponse } from '../request.ts';

/** The kind of a question that a client can ask about itself; undefined for every other resource. */
export function reviewKind(group: string, plural: string): string | undefined {
  return reviews.get(`${group}/${plural}`);
}

/**
 * Answers a question that a client asks about itself. The sandbox is an admin's world: whoever has the token may do
 * everything, and is called what the one admin of a cluster is called.
 */
export function answerReview(group: string, kind: string, sent: JsonObject): ApiResponse {
  const apiVersion = `${group}/v1`;
  if (textAt(sent, 'kind') !== '' && textAt(sent, 'kind') !== kind) {
    return badRequest(`${textAt(sent, 'kind')} in version "v1" cannot be handled as a ${kind}`);
  }
  const spec = mapAt(sent, 'spec');
  const body = { kind, apiVersion, metadata: { creationTimestamp: null } };
  switch (kind) {
    case 'SelfSubjectReview':
      return created({ ...body, status: { userInfo: admin } });
    case 'SelfSubjectAccessReview':
      if (Object.hasOwn(spec, 'resourceAttributes') === Object.hasOwn(spec, 'nonResourceAttributes')) {
        return badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
      }
      return created({ ...body, spec, status: { allowed: true, reason: 'the sandbox allows everything' } });
    default:
      return created({ ...body, spec: {}, status: everything });
  }
}

const reviews = new Map([
  ['authentication.k8s.io/selfsubjectreviews', 'SelfSubjectReview'],
  ['authorization.k8s.io/selfsubjectaccessreviews', 'SelfSubjectAccessReview'],
  ['authorization.k8s.io/selfsubjectrulesreviews', 'SelfSubjectRulesReview'],
]);

const admin = { username: 'sandbox-admin', groups: ['system:masters', 'system:authenticated'] };

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

function created(body: JsonObject): ApiResponse {
  return { code: 201, body, warnings: [], events: [] };
}
