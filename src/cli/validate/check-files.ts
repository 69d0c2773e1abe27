import type { Finding } from '../../core/finding.ts';
import { type ProviderSource, resolveProvider } from '../../core/load-balancer.ts';
import { newestVersionOf } from '../../core/profile.ts';
import { isRepairable, repairsFor } from '../../core/repair/repairs.ts';
import { inOrder, type ReportedFinding } from '../../core/validation/validation-report.ts';
import { type World, worldOf } from '../../core/world.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import type { Io } from '../io.ts';
import { newestVersion } from '../newest-version.ts';
import { inNamespace } from '../offline-source.ts';
import { activatedCapabilities, profileFor, releaseFacts } from '../release-facts.ts';
import type { Flags } from '../spec.ts';
import { contextSnapshot } from './context-snapshot.ts';
import { judged, judgeOf } from './judge.ts';
import { minorOf } from './kubernetes-version.ts';
import { checkedService, isVmService, locatedIn, type ManifestSet, type WrittenService } from './manifest-set.ts';
import { storedObjects } from './stored-objects.ts';
import type { Verdicts } from './verdicts.ts';

/**
 * Judges every VirtualMachineService of the files. Other objects are the cluster that they would meet.
 * @throws CliError when `--old` cannot be read
 */
export async function checkFiles(set: ManifestSet, flags: Flags, io: Io): Promise<Verdicts> {
  const written = set.services.map(({ object }) => object);
  const namespace = flags.text('namespace');
  // Manifests often leave the namespace out: then they go where the others without one go.
  const place = namespace ?? 'default';
  const { world, objects, newestWritten } = worldOfFiles(set, place, flags);
  const { facts } = world;
  const newest = newestVersionOf(facts.release, facts.traits);
  const judge = await judgeOf({
    profile: profileFor(newestWritten, flags),
    world,
    objects,
    providerOf: (name) => knownProvider(world.providerSource(name)),
    kubernetesMinor: minorOf(flags),
    namespace,
    place,
    now: io.now(),
    live: false,
    access: [],
    services: written,
  });
  const stored = await storedObjects(set.services, flags, io);
  const judgedAt = (service: Pick<WrittenService, 'object'>, located: (finding: Finding) => ReportedFinding) =>
    judged(service.object, judge.of(service.object, stored.of(service)), judge, namespace, located);
  const verdicts = set.services.map((service) => judgedAt(service, (finding) => locatedIn(finding, service.written)));
  return {
    report: {
      files: set.files,
      objects: set.objects,
      services: set.services.map((service) => checkedService(service, namespace)),
      release: facts.release,
      version: facts.version,
      findings: inOrder([...set.findings, ...verdicts.flatMap(({ findings }) => findings)]),
      suppressed: verdicts.flatMap(({ suppressed }) => suppressed),
    },
    facts,
    vmsSeen: judge.vmsSeen,
    notes: stored.notes,
    repairs: {
      repairable: new Set([
        ...set.repeats,
        ...set.services.flatMap(({ object }, index) =>
          (verdicts[index]?.findings ?? []).flatMap(({ finding }) => (isRepairable(finding, object, newest) ? [finding] : [])),
        ),
      ]),
      of: ({ value, writtenAt }) => {
        if (!isVmService(value)) return [];
        const { findings } = judgedAt({ object: value }, (finding) => ({ finding, source: undefined }));
        const manifest = { object: value, writtenAt, newestVersion: newest };
        return repairsFor(
          findings.map(({ finding }) => finding),
          manifest,
        );
      },
    },
  };
}

/** What the files say of the cluster that their services would meet, in a release that serves the newest version they are written in. */
function worldOfFiles(
  set: ManifestSet,
  place: string,
  flags: Flags,
): { readonly world: World; readonly objects: readonly KubeObject[]; readonly newestWritten: string } {
  const written = set.services.map(({ object }) => object);
  const context = set.context.map(({ object }) => object);
  const newestWritten = newestVersion([...written.filter(hasVersion), ...context]) ?? 'v1alpha6';
  const seen = releaseFacts(newestWritten, flags, capabilitiesIn(context));
  // A release that is named has its own newest version, whatever the files are written in.
  const isNamed = (flags.text('release') ?? 'auto') !== 'auto';
  const facts = { ...seen, version: isNamed ? newestVersionOf(seen.release, seen.traits) : newestWritten };
  const objects = context.map((object) => inNamespace(object, place));
  return { world: worldOf(contextSnapshot(objects, written, place), facts), objects, newestWritten };
}

/** Files seldom hold the NetworkSettings of a namespace: where they do not, nothing can be said about them. */
function knownProvider(source: ProviderSource): ProviderSource {
  return 'provider' in resolveProvider(source) ? source : { from: 'setting', provider: 'none' };
}

function hasVersion(object: JsonObject): object is JsonObject & { readonly apiVersion: string } {
  return typeof object['apiVersion'] === 'string';
}

function capabilitiesIn(context: readonly KubeObject[]): ReadonlyMap<string, boolean> {
  const object = context.find(({ kind, metadata }) => kind === 'Capabilities' && metadata.name === 'supervisor-capabilities');
  return object === undefined ? new Map() : activatedCapabilities(object);
}
