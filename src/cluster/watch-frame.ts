import type { KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { ApiError } from '../model/status.ts';
import { parseJson } from './json.ts';
import { kubeObjectOf } from './kube-object.ts';

/** What a server sends while it is watched. */
export interface WatchFrame {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

/**
 * One line of a watch: `{"type":"ADDED","object":{…}}`. Undefined when it is none.
 * @throws ApiError for an `ERROR`, with which a server ends a watch
 */
export function readWatchFrame(line: string, identity: { readonly apiVersion: string; readonly kind: string }): WatchFrame | undefined {
  const value = parsed(line);
  if (!isMap(value)) return undefined;
  const { type, object } = value;
  switch (type) {
    case 'ERROR':
      throw errorOf(object);
    case 'BOOKMARK': {
      const version = isMap(object) && isMap(object.metadata) ? object.metadata.resourceVersion : undefined;
      return typeof version === 'string' ? { type, object: { ...identity, metadata: { name: '', resourceVersion: version } } } : undefined;
    }
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const found = kubeObjectOf(object, identity);
      return found?.kind === identity.kind ? { type, object: found } : undefined;
    }
    default:
      return undefined;
  }
}

function parsed(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}

function errorOf(object: unknown): ApiError {
  const status = isMap(object) ? object : {};
  const text = (field: string) => (typeof status[field] === 'string' ? status[field] : undefined);
  const message = text('message');
  const reason = text('reason');
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: typeof status.code === 'number' ? status.code : 500,
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
  });
}
