import { randomUUID } from 'node:crypto';
import { serverConfig } from '../../apiserver/config.ts';
import type { ControllerName } from '../../apiserver/controllers/controller-name.ts';
import { customResources } from '../../apiserver/custom-resources.ts';
import { httpFace } from '../../apiserver/http/http.ts';
import type { LoadLoss } from '../../apiserver/load.ts';
import { ApiServer } from '../../apiserver/server.ts';
import type { Profile } from '../../core/profile.ts';
import type { KubeObject } from '../../model/object.ts';
import type { TextDocuments } from '../files/text-document.ts';
import { nestingBeyond } from '../http/answer-nesting.ts';
import { parseJson } from '../json.ts';
import { limits } from '../limits.ts';
import { loadObjects } from '../load-objects.ts';
import { readCrdFiles } from './crd-files.ts';
import { listen, type SandboxListener } from './sandbox-listener.ts';

export interface SandboxWorld {
  readonly profile: Profile;
  /** Loaded as they are written: uid, times, finalizers and status stay. */
  readonly objects: readonly KubeObject[];
  /** What runs besides the storage. */
  readonly controllers: readonly ControllerName[];
  /** 0 takes any free port. */
  readonly port: number;
  readonly now: () => Date;
  /** Of this program. */
  readonly toolVersion: string;
}

export interface Sandbox extends SandboxListener {
  /** The storage behind the listener, for whoever started it. */
  readonly api: ApiServer;
  /** What the release has no place for. */
  readonly losses: readonly LoadLoss[];
}

/**
 * A Kubernetes API of its own: the definitions of a release, the given objects, and a listener on loopback.
 * @throws UnloadableObject for an object that the server cannot hold, and an error of node:net for the port.
 */
export async function startSandbox({ profile, objects, controllers, port, now, toolVersion }: SandboxWorld): Promise<Sandbox> {
  const definitions = readCrdFiles(profile);
  const api = new ApiServer({ config: serverConfig(profile, customResources(definitions)), controllers, now, newUid: randomUUID });
  const losses = loadObjects(api, objects, 'now');
  const { readYamlDocuments } = await import('../files/yaml-reader.ts');
  const parsers = { json: parseShallow, yaml: (text: string) => parseYaml(text, readYamlDocuments) };
  const respond = httpFace({ server: api, definitions, toolVersion, parsers });
  return { ...(await listen({ respond, port, now })), api, losses };
}

class TooDeep extends Error {}

/** What walks through an object takes a step down for each of its levels. @throws for text that is no JSON, or nested too deeply */
function parseShallow(text: string): unknown {
  const levels = nestingBeyond(Buffer.from(text), limits.answerDepth);
  if (levels > 0) throw new TooDeep(`nested ${levels} levels deep, and the sandbox takes ${limits.answerDepth}`);
  return parseJson(text);
}

/** Most of what calls itself YAML here is JSON: kubectl's apply sends it so. */
function parseYaml(text: string, readYamlDocuments: (text: string) => TextDocuments): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return parseShallow(text);
    } catch (error) {
      if (error instanceof TooDeep) throw error;
      // A flow mapping of YAML may begin with a brace, too.
    }
  }
  const { documents, problems } = readYamlDocuments(text);
  const [problem] = problems;
  if (problem !== undefined && documents.length === 0) throw new Error(`line ${problem.line}: ${problem.message}`);
  if (documents.length !== 1) throw new Error(`${documents.length} documents where one was expected`);
  return documents[0]?.value;
}
