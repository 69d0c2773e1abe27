import { vmServiceAdmission } from '../../apiserver/admission/vm-service-admission.ts';
import { readManifestValues } from '../../cluster/files/manifest-values.ts';
import { readCrdFiles } from '../../cluster/sandbox/crd-files.ts';
import type { Finding } from '../../core/finding.ts';
import { type ProviderSource, resolveProvider } from '../../core/load-balancer.ts';
import { findingOf } from '../../core/validation/refusal.ts';
import { sharedAddresses } from '../../core/validation/shared-addresses.ts';
import { suppressByAnnotation } from '../../core/validation/suppress.ts';
import { inOrder, type ReportedFinding, type SuppressedFinding, type ValidationReport } from '../../core/validation/validation-report.ts';
import { type ReleaseFacts, worldOf } from '../../core/world.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { virtualMachineServices } from '../../model/resources.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { manifestErrors } from '../manifest-errors.ts';
import { newestVersion } from '../newest-version.ts';
import { inNamespace } from '../offline-source.ts';
import { activatedCapabilities, profileFor, releaseFacts } from '../release-facts.ts';
import type { Flags } from '../spec.ts';
import { contextSnapshot } from './context-snapshot.ts';
import { locatedIn, type ManifestSet, type WrittenService } from './manifest-set.ts';
import { selectionFindings } from './selection-findings.ts';

/** What was found in files, before anything is left out by flags. */
export interface CheckedFiles {
  readonly report: Omit<ValidationReport, 'suppressed'> & { readonly suppressed: readonly SuppressedFinding[] };
  readonly facts: ReleaseFacts;
  /** Whether there are VMs that a selector could select. */
  readonly vmsSeen: boolean;
}

/**
 * Judges every VirtualMachineService of the files. Other objects are the cluster that they would meet.
 * @throws CliError when `--old` cannot be read
 */
export async function checkFiles(set: ManifestSet, flags: Flags, io: Io): Promise<CheckedFiles> {
  const written = set.services.map(({ object }) => object);
  const contextObjects = set.context.map(({ object }) => object);
  const version = newestVersion([...written.filter(hasVersion), ...contextObjects]) ?? 'v1alpha6';
  const facts = releaseFacts(version, flags, capabilitiesIn(contextObjects));
  const profile = profileFor(version, flags);
  const namespace = flags.text('namespace');
  // Manifests often leave the namespace out: then they go where the others without one go.
  const place = namespace ?? 'default';
  const context = contextObjects.map((object) => inNamespace(object, place));
  const snapshot = contextSnapshot(
    context,
    set.services.map(({ object }) => object),
    namespace ?? 'default',
  );
  const world = worldOf(snapshot, facts);
  const admission = vmServiceAdmission({
    profile,
    definitions: readCrdFiles(profile),
    workloadIPv6: facts.workloadIPv6,
    providerOf: (name) => knownProvider(world.providerSource(name)),
    objects: context,
    kubernetesMinor: minorOf(flags),
  });
  const oldOf = await storedObjects(set.services, flags, io);
  const selection = await selectionFindings(world, io.now());
  const shared = sharedAddresses(set.services.map(({ object }) => ({ object, name: text(object, 'name') ?? 'another' })));
  const suppressed: SuppressedFinding[] = [];
  const findings: ReportedFinding[] = [...set.findings];
  for (const service of set.services) {
    const { object } = service;
    const old = oldOf(service);
    const found: readonly Finding[] = [
      ...admission(object, { namespace, place, ...(old !== undefined && { old }) }),
      ...shared(object).map((complaint) => findingOf({ object, namespace }, complaint)),
      ...selection.of(object, place),
    ];
    const verdict = suppressByAnnotation(object, found, selection.asked);
    suppressed.push(...verdict.suppressed);
    findings.push(...verdict.findings.map((finding) => locatedIn(finding, service.written)));
    findings.push(...verdict.complaints.map((complaint) => locatedIn(findingOf({ object, namespace }, complaint), service.written)));
  }
  const services = set.services.map(({ object, written: { file, position } }) => ({
    name: text(object, 'name') ?? text(object, 'generateName') ?? '',
    namespace: text(object, 'namespace') ?? namespace,
    location: { file, ...position },
  }));
  const { files, objects } = set;
  const { release } = facts;
  return {
    report: { files, objects, services, release, version, findings: inOrder(findings), suppressed },
    facts,
    vmsSeen: selection.vmsSeen,
  };
}

/** Files seldom hold the NetworkSettings of a namespace: where they do not, nothing can be said about them. */
function knownProvider(source: ProviderSource): ProviderSource {
  return 'provider' in resolveProvider(source) ? source : { from: 'setting', provider: 'none' };
}

function hasVersion(object: JsonObject): object is JsonObject & { readonly apiVersion: string } {
  return typeof object['apiVersion'] === 'string';
}

function text(object: JsonObject, field: string): string | undefined {
  const metadata = isMap(object['metadata']) ? object['metadata'] : {};
  const value = metadata[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function capabilitiesIn(context: readonly KubeObject[]): ReadonlyMap<string, boolean> {
  const object = context.find(({ kind, metadata }) => kind === 'Capabilities' && metadata.name === 'supervisor-capabilities');
  return object === undefined ? new Map() : activatedCapabilities(object);
}

/** The minor version in `--kubernetes-version`. @throws CliError for what is no version */
export function minorOf(flags: Flags): number | undefined {
  const said = flags.text('kubernetes-version');
  if (said === undefined) return undefined;
  const minor = /^v?1\.(\d{1,3})(?:[.+-].*)?$/.exec(said)?.[1];
  if (minor === undefined) {
    throw new CliError(`--kubernetes-version ${JSON.stringify(said)}: must be a version such as 1.32`, {
      exitCode: 2,
      hint: ["See 'kubectl vmsvc validate -h' for help and examples"],
    });
  }
  return Number(minor);
}

/**
 * The stored object of each service, from `--old`: the one of the same name; where both sides have one service, that one.
 * @throws CliError when the file cannot be read or has none
 */
async function storedObjects(
  services: readonly WrittenService[],
  flags: Flags,
  io: Io,
): Promise<(service: WrittenService) => JsonObject | undefined> {
  const file = flags.text('old');
  if (file === undefined) return () => undefined;
  const { values, errors } = await readManifestValues([file], { cwd: io.cwd, readStdin: () => io.stdin.read() });
  if (errors.length > 0) throw manifestErrors(errors);
  const stored = values.flatMap(({ value }) => (isMap(value) && value['kind'] === virtualMachineServices.kind ? [value] : []));
  const [only] = stored;
  if (only === undefined) throw new CliError(`--old ${JSON.stringify(file)}: there is no VirtualMachineService in it`, { exitCode: 3 });
  if (stored.length === 1 && services.length === 1) return () => only;
  const keyOf = (object: JsonObject): string => `${text(object, 'namespace') ?? ''}/${text(object, 'name') ?? ''}`;
  const byName = new Map(stored.map((object) => [keyOf(object), object]));
  return ({ object }) => byName.get(keyOf(object));
}
