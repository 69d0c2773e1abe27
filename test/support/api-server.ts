import { serverConfig } from '../../src/apiserver/config.ts';
import type { ControllerName } from '../../src/apiserver/controllers/controller-name.ts';
import { customResources } from '../../src/apiserver/custom-resources.ts';
import type { CustomResourceDefinition } from '../../src/apiserver/schema/crds.ts';
import { ApiServer } from '../../src/apiserver/server.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { Profile } from '../../src/core/profile.ts';
import { randomFrom } from './random.ts';
import { testNow } from './test-io.ts';

export interface ApiServerOptions {
  /** `E` by default. */
  readonly profile?: Profile;
  /** Dual-stack, IPv4 first, by default. */
  readonly serviceCidrs?: readonly string[];
  /** None by default. */
  readonly controllers?: readonly ControllerName[];
  /** The clock; it stands still by default. */
  readonly now?: () => Date;
  /** How many events are remembered; as many as the server does by default. */
  readonly historyLimit?: number;
}

/** An API server in memory with the definitions of a release. Its uids are the same in every run. */
export function anApiServer({
  profile = 'E',
  serviceCidrs,
  controllers = [],
  now = () => new Date(testNow),
  historyLimit,
}: ApiServerOptions = {}): ApiServer {
  const config = serverConfig(profile, resourcesOf(profile), serviceCidrs === undefined ? {} : { serviceCidrs });
  return new ApiServer({ config, controllers, now, newUid: uids(), ...(historyLimit === undefined ? {} : { historyLimit }) });
}

const known = new Map<Profile, ReturnType<typeof customResources>>();

/** Schemas cost more to read than a test to run, so each release's are read once. */
function resourcesOf(profile: Profile): ReturnType<typeof customResources> {
  const found = known.get(profile) ?? customResources(readCrdFiles(profile) satisfies readonly CustomResourceDefinition[]);
  known.set(profile, found);
  return found;
}

function uids(): () => string {
  const random = randomFrom(1);
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
  return () => `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
}
