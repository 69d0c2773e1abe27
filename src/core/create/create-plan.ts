import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { matchesSelector, type Selector } from '../selector.ts';
import { isSeen, itemsOf } from '../snapshot.ts';
import { type World, worldOf } from '../world.ts';
import { type Draft, draftedObject } from './draft.ts';
import { type Overlap, overlapsWith, previewSelection, type SelectionPreview } from './selection-preview.ts';

/** What a creation would do, and whom the service would select then. */
export interface CreatePlan {
  readonly draft: Draft;
  readonly object: VirtualMachineService;
  /** VMs that are labeled first, with the labels that they do not have yet. */
  readonly labels: readonly { readonly vm: VirtualMachine; readonly labels: Selector }[];
  /** VMs that were to be labeled and are: by somebody else, or by a run that was killed before the service was there. */
  readonly labelled: CreatePlan['labels'];
  /** Services that select some of those VMs because of their new labels. */
  readonly joined: readonly Overlap[];
  readonly preview: SelectionPreview;
  /** As it is with those labels. */
  readonly world: World;
  /** VMs that the derived selector selects besides those it was derived for. */
  readonly unwanted: readonly VirtualMachine[];
}

/** @param chosen the VMs that the selector was derived for; undefined where somebody wrote it */
export function planCreate(
  draft: Draft,
  { labels, labelled }: Pick<CreatePlan, 'labels' | 'labelled'>,
  chosen: readonly VirtualMachine[] | undefined,
  world: World,
): CreatePlan {
  const then = labelledWorld(world, labels);
  const preview = previewSelection(draft.selector, draft.namespace, draft.name, then);
  const names = new Set(chosen?.map(({ metadata }) => metadata.name));
  return {
    draft,
    object: draftedObject(draft, world.facts.version),
    labels,
    labelled,
    world: then,
    joined: joinedBy(labels, draft, world, then),
    preview,
    unwanted: chosen === undefined ? [] : itemsOf(preview.selected).filter(({ metadata }) => !names.has(metadata.name)),
  };
}

/** The world with the labels that are about to be put on. */
function labelledWorld(world: World, labels: CreatePlan['labels']): World {
  const { vms } = world.snapshot;
  if (labels.length === 0 || !isSeen(vms)) return world;
  const added = new Map(labels.map((step) => [step.vm, step.labels]));
  return worldOf({ ...world.snapshot, vms: { items: vms.items.map((vm) => withLabels(vm, added.get(vm) ?? {})) } }, world.facts);
}

export function withLabels(vm: VirtualMachine, labels: Selector): VirtualMachine {
  if (matchesSelector(labels, vm.metadata.labels)) return vm;
  return { ...vm, metadata: { ...vm.metadata, labels: { ...vm.metadata.labels, ...labels } } };
}

/** Services that select a VM with its new labels, and did not before. */
function joinedBy(labels: CreatePlan['labels'], { namespace, name }: Draft, before: World, then: World): readonly Overlap[] {
  if ('unavailable' in then.vms) return [];
  const names = new Set(labels.map(({ vm }) => vm.metadata.name));
  const labelled = then.vms.index.inNamespace(namespace).filter(({ metadata }) => names.has(metadata.name));
  return itemsOf(overlapsWith(new Set(labelled), namespace, name, then)).flatMap(({ vmService, vms }) => {
    const had = before.vms;
    const already = 'index' in had ? had.index.select(namespace, vmService.spec.selector ?? {}) : [];
    const old = new Set(already.map(({ metadata }) => metadata.name));
    const fresh = vms.filter(({ metadata }) => !old.has(metadata.name));
    return fresh.length === 0 ? [] : [{ vmService, vms: fresh }];
  });
}
