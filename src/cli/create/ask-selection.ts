import { LabelTakenError, labelsLacking } from '../../cluster/create/create-labelled.ts';
import { counted } from '../../core/counted.ts';
import { freshLabel } from '../../core/create/fresh-label.ts';
import { proposedSelectors, type SelectorProposal } from '../../core/create/smallest-selector.ts';
import { type Selector, selectorText, type VmIndex } from '../../core/selector.ts';
import { isClusterMachine } from '../../core/workload-cluster.ts';
import { compareText } from '../../model/text-order.ts';
import { primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import { displayWidth, padEnd } from '../../render/display-width.ts';
import { machineText, vmNames } from '../../render/selection-preview.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';
import { type Answer, askLive, askMany, askOne, askText, type Choice, type Terminal } from '../prompt.ts';
import type { CreateRequest } from './create-request.ts';
import { readLabels } from './read-pairs.ts';
import type { Surroundings } from './surroundings.ts';

/** Asks which VMs are meant, and which labels are to select them: those that they have, or a new one. */
export async function askSelection(
  request: CreateRequest,
  { world, namespace }: Surroundings,
  terminal: Terminal,
): Promise<Answer<CreateRequest>> {
  if (request.selector !== undefined || request.from !== undefined) return { answer: request };
  if ('unavailable' in world.vms) {
    const why = unavailableSentence(world.vms.unavailable);
    return withSelector(request, await askWritten(undefined, namespace, terminal, `KEY=VALUE, several with commas (${why})`));
  }
  const { index } = world.vms;
  const vms = index
    .inNamespace(namespace)
    .filter((vm) => !isClusterMachine(vm))
    .toSorted((left, right) => compareText(left.metadata.name, right.metadata.name));
  if (vms.length === 0) return withSelector(request, await askWritten(index, namespace, terminal));
  const picked = await askMany('Which VMs are to receive traffic? (with none, you write the labels)', terminal, vmChoices(vms));
  if ('ended' in picked) return picked;
  if (picked.answer.length === 0) return withSelector(request, await askWritten(index, namespace, terminal));
  return askLabels(request, picked.answer, index, namespace, terminal);
}

function withSelector(request: CreateRequest, asked: Answer<Selector>): Answer<CreateRequest> {
  return 'ended' in asked ? asked : { answer: { ...request, selector: asked.answer } };
}

/** Name, address and labels side by side. */
function vmChoices(vms: readonly VirtualMachine[]): readonly Choice<VirtualMachine>[] {
  const rows = vms.map((vm) => {
    const { ip4, ip6 } = primaryAddresses(vm);
    return [vm.metadata.name, ip4 ?? ip6 ?? '<none>', selectorText(vm.metadata.labels)];
  });
  return aligned(rows).map((text, at) => choiceOf(vms, at, text));
}

function choiceOf(vms: readonly VirtualMachine[], at: number, text: string): Choice<VirtualMachine> {
  const vm = vms[at];
  if (vm === undefined) throw new Error('a line of a list has no VM');
  return { value: vm, text, short: vm.metadata.name };
}

type Way = { readonly kind: 'selector'; readonly selector: Selector } | { readonly kind: 'label' } | { readonly kind: 'write' };

/** The narrowest labels first, each with whom it catches. */
async function askLabels(
  request: CreateRequest,
  chosen: readonly VirtualMachine[],
  index: VmIndex,
  namespace: string,
  terminal: Terminal,
): Promise<Answer<CreateRequest>> {
  const all = index.inNamespace(namespace);
  const proposals = proposedSelectors(chosen, all).slice(0, mostProposals);
  const fresh = freshLabel(['vmsvc'], request.name ?? 'web', chosen, all);
  const ways: readonly { readonly way: Way; readonly cells: readonly string[] }[] = [
    ...proposals.map(({ selector, others }) => ({
      way: { kind: 'selector', selector } as const,
      cells: [selectorText(selector).replaceAll(',', ', '), plainNames([...chosen, ...others]), caught(others)],
    })),
    {
      way: { kind: 'label' },
      cells: ['add a new label', `${fresh} on ${plainNames(chosen)}`, `changes ${counted(chosen.length, 'VM')}`],
    },
    { way: { kind: 'write' }, cells: ['write other labels', '', ''] },
  ];
  const texts = aligned(ways.map(({ cells }) => cells));
  const asked = await askOne(
    'Which labels should select them?',
    terminal,
    ways.map(({ way, cells }, at) => ({ value: way, text: texts[at] ?? '', short: cells[0] ?? '' })),
  );
  if ('ended' in asked) return asked;
  switch (asked.answer.kind) {
    case 'selector':
      return { answer: { ...request, selector: asked.answer.selector } };
    case 'write':
      return withSelector(request, await askWritten(index, namespace, terminal));
    case 'label': {
      const label = await askText('Which label?', terminal, { suggestion: fresh, problemOf: (text) => labelProblem(text, chosen) });
      if ('ended' in label) return label;
      const from = { names: chosen.map(({ metadata }) => metadata.name), labelSelector: undefined };
      return { answer: { ...request, from, labelVms: readLabels('label-vm', [label.answer]).pairs } };
    }
  }
}

const mostProposals = 8;

function caught(others: SelectorProposal['others']): string {
  return others.length === 0 ? 'exactly your choice' : `${others.length} more: ${plainNames(others)}`;
}

function labelProblem(text: string, chosen: readonly VirtualMachine[]): string | undefined {
  const { pairs, problems } = readLabels('label-vm', [text]);
  if (problems[0] !== undefined) return withoutFlag(problems[0]);
  try {
    for (const vm of chosen) labelsLacking(vm, pairs);
    return undefined;
  } catch (error) {
    if (error instanceof LabelTakenError) return error.message;
    throw error;
  }
}

/** Labels as somebody types them, with whom they select so far. `index` is undefined where VMs could not be looked at. */
function askWritten(
  index: VmIndex | undefined,
  namespace: string,
  terminal: Terminal,
  how = 'KEY=VALUE, several with commas',
): Promise<Answer<Selector>> {
  const labels = labelsInUse(index, namespace);
  return askLive(`Which labels? ${how}`, terminal, (text) => {
    const further = continued(text, labels).map((selector) => selectorChoice(selector, index, namespace));
    if (text.trim() === '') return further;
    const { pairs, problems } = readLabels('selector', [text.trim()]);
    if (problems[0] === undefined) return [selectorChoice(pairs, index, namespace), ...further];
    // Half a label is no mistake as long as it may become one.
    return further.length > 0 ? further : [{ value: {}, text, short: text, problem: withoutFlag(problems[0]) }];
  });
}

/** What the label that is being typed, the last of them, may become. */
function continued(text: string, labels: readonly Label[]): readonly Selector[] {
  const comma = text.lastIndexOf(',') + 1;
  const earlier = text.slice(0, Math.max(0, comma - 1)).trim();
  const { pairs, problems } = earlier === '' ? { pairs: {}, problems: [] } : readLabels('selector', [earlier]);
  if (problems.length > 0 || (comma > 0 && earlier === '')) return [];
  const last = text.slice(comma).trim();
  return labels
    .filter(({ key, value }) => !Object.hasOwn(pairs, key) && `${key}=${value}` !== last && `${key}=${value}`.startsWith(last))
    .slice(0, mostProposals)
    .map(({ key, value }) => ({ ...pairs, [key]: value }));
}

function selectorChoice(selector: Selector, index: VmIndex | undefined, namespace: string): Choice<Selector> {
  const text = selectorText(selector);
  if (index === undefined) return { value: selector, text, short: text };
  const vms = index.select(namespace, selector);
  const machines = vms.filter(isClusterMachine);
  const whom = vms.length === 0 ? 'no VM now' : `${counted(vms.length, 'VM')}: ${plainNames(vms)}`;
  return { value: selector, text: `${text}   ${whom}${machines.length === 0 ? '' : `; ${machineText(machines)}`}`, short: text };
}

interface Label {
  readonly key: string;
  readonly value: string;
}

/** The labels of the VMs that are nobody's machines, those that most of them have first. */
function labelsInUse(index: VmIndex | undefined, namespace: string): readonly Label[] {
  const counts = new Map<string, { readonly label: Label; readonly count: number }>();
  for (const vm of index?.inNamespace(namespace) ?? []) {
    if (isClusterMachine(vm)) continue;
    for (const [key, value] of Object.entries(vm.metadata.labels ?? {})) {
      const text = `${key}=${value}`;
      counts.set(text, { label: { key, value }, count: (counts.get(text)?.count ?? 0) + 1 });
    }
  }
  return [...counts]
    .toSorted(([one, { count: many }], [other, { count: more }]) => more - many || compareText(one, other))
    .map(([, { label }]) => label);
}

/** A line of a list has room for a handful. */
function plainNames(vms: readonly VirtualMachine[]): string {
  return vmNames(vms, ' ', 6);
}

function withoutFlag(problem: string): string {
  return problem.replace(/^--[\w-]+ "(?:[^"\\]|\\.)*": /, '');
}

/** Columns three blanks apart. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => padEnd(cell, widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}
