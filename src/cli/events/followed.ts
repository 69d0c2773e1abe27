import { isSeen, itemsOf, type Leg, type Snapshot } from '../../core/snapshot.ts';
import { goneRow, type TimelineRow } from '../../core/timeline.ts';
import type { KubeObject } from '../../model/object.ts';
import type { LoadedWorld } from '../load-world.ts';
import { objectsOnPaths, timelineOf } from './timeline-of.ts';

/**
 * The objects that were on the path of a service when somebody looked, by uid, each as it was last seen. Whoever watches goes on
 * hearing of them: a VM that is relabelled leaves the path with just that change, and a Service its VirtualMachineService is gone
 * before is deleted after it.
 */
export type Followed = ReadonlyMap<string, KubeObject>;

export interface NextLook {
  readonly followed: Followed;
  /** The timeline of this look, with what became of those that are on no path any more. */
  readonly rows: readonly TimelineRow[];
}

/**
 * What the next look tells. Nobody writes an event of an object that goes away; where its kind may not be looked at, nobody knows.
 * @param byLabels whether the services were chosen by a selector: then one whose labels have changed is away, too
 */
export function nextLook(before: Followed, loaded: LoadedWorld, byLabels: boolean): NextLook {
  const { snapshot } = loaded.world;
  const noticed = loaded.source.now().toISOString();
  const onPaths = objectsOnPaths(loaded);
  const onPath = byUid(onPaths);
  const away = [...before].filter(([uid]) => !onPath.has(uid));
  const kinds = [...new Set(away.map(([, { kind }]) => kind))];
  const there = byUid(kinds.flatMap((kind) => itemsOf(legOf(snapshot, kind))));
  const names = new Set([...there.values()].map(nameOf));
  const left = away.map(([uid, last]) => there.get(uid) ?? last);
  const isGone = ({ metadata: { uid }, kind }: KubeObject) => isSeen(legOf(snapshot, kind)) && !there.has(uid ?? '');
  const gone = left.filter(isGone).map((object) => {
    const sentence = byLabels && object.kind === 'VirtualMachineService' ? 'is gone, or its labels do not match any more' : 'is gone';
    return goneRow(object, noticed, names.has(nameOf(object)) ? 'is gone, and another one of that name is there' : sentence);
  });
  return {
    followed: new Map([...byUid(left.filter((object) => !isGone(object))), ...onPath]),
    rows: [...timelineOf(loaded, [...left, ...onPaths]), ...gone],
  };
}

function legOf(snapshot: Snapshot, kind: string): Leg<KubeObject> {
  switch (kind) {
    case 'VirtualMachineService':
      return snapshot.vmServices;
    case 'VirtualMachine':
      return snapshot.vms;
    case 'Service':
      return snapshot.services;
    case 'Endpoints':
      return snapshot.endpoints;
    default:
      return snapshot.slices;
  }
}

function byUid(objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  return new Map(objects.map((object) => [object.metadata.uid ?? '', object]));
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}
