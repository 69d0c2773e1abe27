import type { CustomResourceDefinition } from '../schema/crds.ts';
import type { ApiServer } from '../server.ts';
import type { Parsers } from './http-body.ts';
import type { OpenApi } from './openapi.ts';

export interface HttpFaceOptions {
  readonly server: ApiServer;
  /** Of the custom resources that the server stores. */
  readonly definitions: readonly CustomResourceDefinition[];
  readonly parsers: Parsers;
  /** Of this program; clients see it in `/version`. */
  readonly toolVersion: string;
  /** Characters of JSON that may be stored; 512 Mi by default. */
  readonly sizeLimit?: number;
}

/** What an answer may need to know. */
export interface Face extends HttpFaceOptions {
  readonly openApi: OpenApi;
  /** When the server started, RFC 3339: the definitions are as old as it. */
  readonly startedAt: string;
  /** Whether there is room for another write. */
  hasRoom(): boolean;
}
