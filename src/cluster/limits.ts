import { mebibyte } from '../core/mebibytes.ts';

/** What input may cost before it is refused; times in milliseconds, sizes in bytes. */
export const limits = {
  kubeconfigBytes: 4 * mebibyte,
  manifestFileBytes: 32 * mebibyte,
  manifestTotalBytes: 64 * mebibyte,
  yamlDocumentBytes: 8 * mebibyte,
  nestingDepth: 128,
  /** Of what a server answers; a real one takes no more than ten thousand levels, and no real object has fifty. */
  answerDepth: 1000,
  /** Nodes that all aliases of one document may stand for together. */
  aliasedNodes: 100_000,
  manifestErrors: 100,
  responseBytes: 256 * mebibyte,
  responseHeaderBytes: 64 * 1024,
  podLogBytes: mebibyte,
  /** Of a bundle's file, and of what it unpacks to. */
  bundleFileBytes: 64 * mebibyte,
  bundleBytes: 256 * mebibyte,
  bundleRatio: 200,
  /** Small files of much repetition pack better than any bomb has to. */
  bundleRatioFrom: 16 * mebibyte,
  bundleMembers: 100_000,
  bundleNameBytes: 255,
  execOutputBytes: mebibyte,
  execDeadline: 60_000,
  execExpiryMargin: 10_000,
  tokenFileAge: 60_000,
  connectTimeout: 10_000,
  headersTimeout: 30_000,
  idleTimeout: 30_000,
  requestTimeout: 60_000,
  /** A server sends watches a bookmark every minute; when two are missed the connection is dead. */
  watchSilence: 130_000,
  /** How long a watch is asked for, in seconds, before it is taken up again. */
  watchSeconds: 480,
  watchFirstPause: 200,
  watchLongestPause: 10_000,
  /** Between two lists, where the server does not let us watch. */
  pollPause: 5_000,
  tries: 5,
  retryDelay: 200,
  /** Requests at the same time, unless somebody asks for more. */
  sockets: 16,
  mostSockets: 64,
  /** A handful of requests shares two connections: on a nearby server a TLS handshake costs more than waiting. */
  socketsOfFew: 2,
  fewRequests: 8,
  chunkSize: 500,
  /** A list is asked for in pages if it would be larger. */
  listInOneAnswer: 96 * mebibyte,
  /** How long a server may take to begin such an answer, and what it writes of it until then. Servers give up after three seconds. */
  memoryTimeout: 4000,
  /** And how long until pages are asked for beside it. */
  memoryHeadStart: 300,
  memoryBytesPerMillisecond: 32 * 1024,
  downloadTimeout: 30_000,
  redirects: 5,
} as const;
