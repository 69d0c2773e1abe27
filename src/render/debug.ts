import { counted } from '../core/counted.ts';
import type { ServiceDiagnosis } from '../core/diagnosis/diagnose.ts';
import type { VmDiagnosis } from '../core/diagnosis/diagnose-vm.ts';
import type { SkippedRule } from '../core/diagnosis/rule.ts';
import { type Finding, reasonOf, type Severity } from '../core/finding.ts';
import { type FindingCode, findingWords } from '../core/finding-codes.ts';
import { clusterMachineText } from '../core/workload-cluster.ts';
import type { KubeObject } from '../model/object.ts';
import { observedPower, primaryAddresses } from '../model/virtual-machine.ts';
import { ageOf } from './age.ts';
import { fixText } from './fix-text.ts';
import { hanging, hangingAdvice, hangingLine, withCommand } from './hanging.ts';
import { sanitize } from './sanitize.ts';
import { levelText } from './severity.ts';
import type { Style } from './style.ts';

export interface DebugTextOptions {
  readonly now: Date;
  /** Columns to wrap sentences at; undefined in a pipe. */
  readonly columns: number | undefined;
  /** Name the rules that passed, too. */
  readonly all: boolean;
  /** Print commands that may do harm, too. */
  readonly showDangerous: boolean;
  /** Connections were tried. */
  readonly probed: boolean;
  /** What is less severe is not told. */
  readonly minSeverity: Severity;
}

/** One service: a line of what it is, each cause with its proof and its remedy, and how much was looked at. */
export function renderServiceDiagnosis(diagnosis: ServiceDiagnosis, options: DebugTextOptions, style: Style): string {
  return diagnosisText(serviceLine(diagnosis, options.now), diagnosis, options, style);
}

/** One VM: where it stands, and what is wrong with it. */
export function renderVmDiagnosis(diagnosis: VmDiagnosis, options: DebugTextOptions, style: Style): string {
  return diagnosisText(vmLine(diagnosis, options.now), diagnosis, options, style);
}

function diagnosisText(
  line: string,
  { findings, passed, skipped }: Pick<ServiceDiagnosis, 'findings' | 'passed' | 'skipped'>,
  options: DebugTextOptions,
  style: Style,
): string {
  const blocks = findingBlocks(findings, options, style);
  const head = style.strong(sanitize(line));
  const total = totalsText(findings, passed, skipped, options, style);
  return blocks.length === 0 ? `${head}\n${total}\n` : `${[head, ...blocks, total].join('\n\n')}\n`;
}

/** `team-a/web-3   VM   PoweredOn   10.1.0.13   behind web (not ready)   3d old`. */
function vmLine({ vm, behind }: VmDiagnosis, now: Date): string {
  const { ip4, ip6 } = primaryAddresses(vm);
  const cluster = clusterMachineText(vm);
  const state = { ready: 'ready', notReady: 'not ready', out: 'left out' } as const;
  const services = behind?.map(({ service, decision }) => `${service.metadata.name} (${state[decision.outcome]})`);
  return [
    `${vm.metadata.namespace ?? ''}/${vm.metadata.name}`,
    'VM',
    observedPower(vm) ?? 'power unknown',
    [ip4, ip6].filter((ip) => ip !== undefined).join(',') || 'no address',
    services === undefined ? 'services unknown' : services.length === 0 ? 'behind no service' : `behind ${services.join(', ')}`,
    ...(cluster === undefined ? [] : [`machine of workload cluster ${cluster}`]),
    howOld(vm, now),
  ].join('   ');
}

/** `20m old`. */
function howOld({ metadata }: KubeObject, now: Date): string {
  const age = ageOf(metadata.creationTimestamp, now);
  return age === '<unknown>' ? 'age unknown' : `${age} old`;
}

/** `team-a/pay   LoadBalancer   no Service, no address   3 VMs selected   20m old`. */
function serviceLine({ subject }: ServiceDiagnosis, now: Date): string {
  const { metadata, spec } = subject.vmService;
  return [
    `${metadata.namespace ?? ''}/${metadata.name}`,
    spec.type ?? '<none>',
    addressText(subject),
    vmsText(subject),
    howOld(subject.vmService, now),
  ].join('   ');
}

function addressText({ trace, vmService }: ServiceDiagnosis['subject']): string {
  if (trace.service.state === 'Missing') return trace.vip.state === 'NotNeeded' ? 'no Service' : 'no Service, no address';
  switch (trace.vip.state) {
    case 'Assigned':
      return trace.vip.addresses.join(',');
    case 'Pending':
      return 'no address';
    case 'Unknown':
      return 'address unknown';
    case 'NotNeeded': {
      if (vmService.spec.type === 'ExternalName') return vmService.spec.externalName ?? '<none>';
      return 'service' in trace.service ? (trace.service.service.spec.clusterIP ?? '<none>') : 'address unknown';
    }
  }
}

function vmsText({ trace, leftAlone }: ServiceDiagnosis['subject']): string {
  const { selected, ready } = trace;
  if (leftAlone) return 'no selector';
  if (selected === undefined) return 'VMs unknown';
  if (selected === 0) return '0 of 0 VMs';
  if (trace.service.state === 'Missing') return `${counted(selected, 'VM')} selected`;
  if (ready === undefined) return `${counted(selected, 'VM')} selected, readiness unknown`;
  return `${ready} of ${selected} VMs ready`;
}

/** So many of one code are shown in full. */
const inFull = 3;

/** A block for each finding; of many of one code the first, and the names of the others. */
export function findingBlocks(findings: readonly Finding[], options: DebugTextOptions, style: Style): readonly string[] {
  const groups = Map.groupBy(findings, ({ code, severity }) => `${code} ${severity}`);
  return [...groups.values()].flatMap((group) => {
    // What could not be looked at has no name that would say it all.
    const [first, ...alike] = group;
    if (first?.code === 'VMS910') return [findingBlock([first, ...alike], options, style)];
    const shown = group.length > inFull ? group.slice(0, inFull - 1) : group;
    const blocks = shown.map((finding) => findingBlock([finding], options, style));
    const rest = group.slice(shown.length);
    if (rest.length === 0 || first === undefined) return blocks;
    // What is about one object is told apart by its sentences.
    const names = new Set(group.map(({ object }) => object.name));
    const others = names.size === 1 ? rest.map(({ message }) => message).join('; ') : rest.map(({ object }) => object.name).join(' ');
    const line = `and ${rest.length} more with ${first.code} ${reasonOf(first)}: ${sanitize(others)}`;
    return [...blocks, hanging(line, options.columns, 7)];
  });
}

/**
 * Level, code, word and confidence; below it the sentence, the evidence, the remedy, and what it explains. Several findings of one kind
 * share what they have in common.
 */
function findingBlock(group: readonly [Finding, ...Finding[]], options: DebugTextOptions, style: Style): string {
  const [finding] = group;
  const { code, severity, confidence, proof = [], why, danger, notes = [], follows } = finding;
  const evidence = group.flatMap((one) => one.evidence);
  const fixes = group.flatMap(({ fix }) => fix).filter((one) => options.showDangerous || one.kind !== 'command' || one.dangerous !== true);
  const line = (text: string) => hangingLine(text, options.columns, sectionWidth);
  const shownFixes = [...new Map(fixes.map((one) => [fixText(one), one]))].map(([text, { kind }]) =>
    kind === 'command' ? text : hangingAdvice(text, options.columns, sectionWidth),
  );
  const sentence = (label: string, text: string | undefined, paint?: (label: string) => string) =>
    text === undefined ? [] : [section(label, [hanging(sanitize(text), options.columns, sectionWidth)], paint)];
  return [
    `${levelText(finding, style)}  ${code} ${reasonOf(finding)} (${confidence})`,
    ...group.map(({ message }) => `${' '.repeat(headWidth)}${hanging(sanitize(message), options.columns, headWidth)}`),
    ...(evidence.length === 0 ? [] : [section('seen', evidence.map(sanitize).map(line))]),
    ...(proof.length === 0 ? [] : [section('proof', proof.map(sanitize).map(line))]),
    ...sentence('why', why),
    ...(shownFixes.length === 0 ? [] : [section(severity === 'info' ? 'look' : 'fix', shownFixes)]),
    ...sentence('DANGER', danger, style.bad),
    ...notes.flatMap((note) => sentence('note', note)),
    ...(follows.length === 0
      ? []
      : [`  so also   ${hanging(follows.map((also) => `${also} ${findingWords[also]}`).join(', '), options.columns, 12)}`]),
  ].join('\n');
}

const headWidth = 7;
const sectionWidth = 9;

/** The label before the first line, the others below that line. */
function section(label: string, lines: readonly string[], paint = (text: string) => text): string {
  const head = `  ${paint(label)}${' '.repeat(sectionWidth - 2 - label.length)}`;
  return lines.map((line, index) => `${index === 0 ? head : ' '.repeat(sectionWidth)}${line}`).join('\n');
}

/** `1 error. 31 rules passed, 0 could not run. Details of a code: kubectl vmsvc explain VMS606`. */
export function totalsText(
  findings: readonly Finding[],
  passed: readonly FindingCode[],
  skipped: readonly SkippedRule[],
  { all, probed, minSeverity, columns }: DebugTextOptions,
  style: Style,
): string {
  const rules = rulesText(passed.length, skipped.length);
  const faults = findings.filter(({ severity, code }) => severity !== 'info' && code !== 'VMS910');
  const [first] = faults;
  const untested = probed ? '' : ' Traffic was not tested (add --probe).';
  const text =
    first === undefined
      ? hanging(`${nothingFound(minSeverity)}${skipped.length > 0 ? ' in what could be looked at' : ''}: ${rules}${untested}`, columns, 0)
      : withCommand(`${countsText(faults)} ${rules}`, `Details of a code: kubectl vmsvc explain ${first.code}`, columns);
  if (!all) return text;
  return [
    text,
    ...passed.map((code) => style.dim(`  passed         ${code} ${findingWords[code]}`)),
    ...skipped.map(({ code }) => style.warn(`  could not run  ${code} ${findingWords[code]}`)),
  ].join('\n');
}

/** Where warnings are left out nobody knows whether there are some. */
export function nothingFound(minSeverity: Severity): string {
  return minSeverity === 'error' ? 'No error found' : 'No problem found';
}

/** `31 rules passed, 0 could not run.` */
export function rulesText(passed: number, skipped: number): string {
  return `${counted(passed, 'rule')} passed, ${skipped} could not run.`;
}

/** `2 errors, 1 warning.` */
function countsText(findings: readonly Finding[]): string {
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  return `${counts.join(', ')}.`;
}
