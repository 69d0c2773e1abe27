/** What one build of VM Operator does: five profiles cover every known release. */
export type Profile = 'A' | 'B' | 'C' | 'D' | 'E';

export const finalizer = 'vmoperator.vmware.com/virtualmachineservice';
export const deprecatedFinalizer = 'virtualmachineservice.vmoperator.vmware.com';

/** The behaviours in which releases differ. Everything else is common to all. */
export interface ProfileTraits {
  /** The API version that this build's controller is compiled against; a cluster's preferred version is the truth. */
  readonly hubVersion: string;
  readonly finalizer: string;
  /** The finalizers that let the deletion path run, and that it removes. */
  readonly deletionFinalizers: readonly string[];
  /** An empty selector selects every VM of the namespace; later releases leave the Endpoints alone. */
  readonly emptySelectorSelectsAll: boolean;
  /** `all` publishes one address for each IP family of the Service; `first` one address, IPv4 before IPv6, whatever the families. */
  readonly addresses: 'first' | 'all';
  /** A probe counts when the object is there, or only when it has an action to run. */
  readonly probeCounts: 'present' | 'with-action';
  /** LoadBalancer Services get `allocateLoadBalancerNodePorts: false`. */
  readonly disablesNodePorts: boolean;
  readonly copiesIpFamilies: boolean;
  readonly clearsIngressOfOtherTypes: boolean;
  readonly setsServiceReadyCondition: boolean;
  readonly removesNsxHostname: boolean;
  /** Errors carry the prefixes that say which stage failed. */
  readonly wrapsErrors: boolean;
  /** The load-balancer provider may be decided by each namespace's NetworkSettings. */
  readonly providerPerNamespace: boolean;
  /** The name rule of the webhook: older ones let a digit come first, and creating the Service then fails. */
  readonly nameRule: 'dns1123' | 'dns1035';
  /** The webhook judges source ranges as one list, or entry by entry. */
  readonly sourceRanges: 'list' | 'entries';
  /** The webhook says of a port name with dots that it has dots. */
  readonly namesPortDots: boolean;
  /** The webhook wants a cluster IP in its canonical form. */
  readonly canonicalClusterIp: boolean;
  /** The webhook forbids IP families unless the capability is on. */
  readonly gatesIpFamilies: boolean;
}

const eightZeroOne: ProfileTraits = {
  hubVersion: 'v1alpha1',
  finalizer: deprecatedFinalizer,
  deletionFinalizers: [deprecatedFinalizer],
  emptySelectorSelectsAll: true,
  addresses: 'first',
  probeCounts: 'present',
  disablesNodePorts: false,
  copiesIpFamilies: false,
  clearsIngressOfOtherTypes: false,
  setsServiceReadyCondition: false,
  removesNsxHostname: false,
  wrapsErrors: false,
  providerPerNamespace: false,
  nameRule: 'dns1123',
  sourceRanges: 'list',
  namesPortDots: false,
  canonicalClusterIp: false,
  gatesIpFamilies: false,
};

const eightZeroTwo: ProfileTraits = { ...eightZeroOne, emptySelectorSelectsAll: false };

const eightZeroThree: ProfileTraits = {
  ...eightZeroTwo,
  hubVersion: 'v1alpha2',
  probeCounts: 'with-action',
  disablesNodePorts: true,
  namesPortDots: true,
};

const nine: ProfileTraits = {
  ...eightZeroThree,
  hubVersion: 'v1alpha5',
  finalizer,
  deletionFinalizers: [finalizer, deprecatedFinalizer],
  nameRule: 'dns1035',
  sourceRanges: 'entries',
  canonicalClusterIp: true,
};

const main: ProfileTraits = {
  ...nine,
  hubVersion: 'v1alpha6',
  addresses: 'all',
  copiesIpFamilies: true,
  clearsIngressOfOtherTypes: true,
  setsServiceReadyCondition: true,
  removesNsxHostname: true,
  wrapsErrors: true,
  providerPerNamespace: true,
  gatesIpFamilies: true,
};

const traits: Readonly<Record<Profile, ProfileTraits>> = {
  A: eightZeroOne,
  B: eightZeroTwo,
  C: eightZeroThree,
  D: nine,
  E: main,
};

export function traitsOf(profile: Profile): ProfileTraits {
  return traits[profile];
}

const profileOfRelease: ReadonlyMap<string, Profile> = new Map<string, Profile>([
  ['8.0.1', 'A'],
  ['8.0.2', 'B'],
  ['8.0.3', 'C'],
  ['9.0', 'D'],
  ['9.1', 'D'],
  ['main', 'E'],
]);

/** The known releases, oldest first. */
export const releaseNames: readonly string[] = [...profileOfRelease.keys()];

/** Every word that `--release` takes: a release, or the letter of a profile. */
export const releaseWords: readonly string[] = [...releaseNames, ...Object.keys(traits)];

/** The profile that a release's name or letter stands for; undefined for anything else. */
export function parseRelease(name: string): Profile | undefined {
  return profileOfRelease.get(name) ?? (isProfile(name) ? name : undefined);
}

function isProfile(name: string): name is Profile {
  return Object.hasOwn(traits, name);
}

/** What a cluster shows of its VM Operator to somebody who cannot read the operator's image. */
export interface ReleaseEvidence {
  /** The newest served version of VirtualMachineServices. */
  readonly newestVersion: string;
}

/**
 * The profile behind a set of served versions. v1alpha1 alone is 8.0 U1 or U2, which differ only in what an empty selector
 * selects: U2 is assumed, because it is the one that leaves Endpoints alone.
 */
export function detectProfile({ newestVersion }: ReleaseEvidence): Profile {
  const number = Number(/^v1alpha(\d+)$/.exec(newestVersion)?.[1] ?? Number.NaN);
  if (number === 1) return 'B';
  if (number === 2) return 'C';
  if (number >= 3 && number <= 5) return 'D';
  return 'E';
}

/** The product releases that serve a version as their newest. */
export function releaseOfVersion(newestVersion: string): string {
  return releases.get(newestVersion) ?? 'main';
}

const releases: ReadonlyMap<string, string> = new Map([
  ['v1alpha1', '8.0.1 or 8.0.2'],
  ['v1alpha2', '8.0.3'],
  ['v1alpha3', '9.0'],
  ['v1alpha4', '9.0'],
  ['v1alpha5', '9.1'],
]);

/** The newest version that every build of a release serves, by the release's label: 9.0 came with v1alpha3, and got v1alpha4 later. */
export function newestVersionOf(release: string, { hubVersion }: ProfileTraits): string {
  return release === '9.0' ? 'v1alpha3' : hubVersion;
}

const letters: ReadonlyMap<string, string> = new Map([
  ['A', '8.0.1'],
  ['B', '8.0.2'],
  ['C', '8.0.3'],
  ['D', '9.1'],
  ['E', 'main'],
]);

/** The release that a name or letter of `--release` stands for, in the words of the product. */
export function releaseLabel(name: string): string {
  return letters.get(name) ?? name;
}
