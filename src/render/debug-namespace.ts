import type { ServiceDiagnosis } from '../core/diagnosis/diagnose.ts';
import type { DiagnosisReport } from '../core/diagnosis/report.ts';
import { fewNames } from '../core/few-names.ts';
import { compareSeverity, type Finding, objectText, reasonOf } from '../core/finding.ts';
import type { FindingCode } from '../core/finding-codes.ts';
import { compareText } from '../model/text-order.ts';
import { type DebugTextOptions, nothingFound, rulesText, totalsText } from './debug.ts';
import { padEnd } from './display-width.ts';
import { hanging, withCommand } from './hanging.ts';
import { sanitize } from './sanitize.ts';
import { levelText } from './severity.ts';
import { pasteableCommand } from './shell-quote.ts';
import type { Style } from './style.ts';

export interface NamespaceTextOptions extends DebugTextOptions {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** `5 services, 14 VMs, 5 Services, 4 Endpoints, 6 slices`. */
  readonly counts: string;
  /** `0.6s`. */
  readonly took: string;
  /** Services of workload clusters that were left out, as a sentence; undefined where there are none. */
  readonly leftOut: string | undefined;
  /** What has another command read the same, as words of a command line. */
  readonly again: readonly string[];
}

/** A namespace on one screen: worst first, a line for each code, and below it what they have in common. */
export function renderNamespaceDiagnosis(report: DiagnosisReport, options: NamespaceTextOptions, style: Style): string {
  const faulty = report.services.filter(isFaulty);
  const quiet = report.services.every(isQuiet) && !report.namespaces.some(({ findings }) => findings.some(isFault));
  if (faulty.length === 0 && quiet) return `${healthyText(report, options, style)}\n`;
  const lines = [...serviceRows(report, options), ...namespaceRows(report, options)];
  return [
    `Looked at ${options.counts} in ${options.took}`,
    table(lines, options, style),
    [
      ...report.commonCauses.map(({ message }) =>
        hanging(`Same cause in more than one place? ${sanitize(message)} (hint)`, options.columns, 2),
      ),
      ...(options.leftOut === undefined ? [] : [sanitize(options.leftOut)]),
      lastLine(report, faulty, options),
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

/** One line, whatever the size. */
function healthyText(report: DiagnosisReport, options: NamespaceTextOptions, style: Style): string {
  const [total = '', ...rules] = totalsText([], report.passed, report.skipped, { ...options, columns: undefined }, style).split('\n');
  const where = options.namespace === undefined ? '' : ` of ${sanitize(options.namespace)}`;
  const left = options.leftOut === undefined ? '' : ` ${sanitize(options.leftOut)}`;
  const found = nothingFound(options.minSeverity);
  return [hanging(`${total.replace(found, `${found} in ${options.counts}${where}`)}${left}`, options.columns, 0), ...rules].join('\n');
}

function isFaulty(service: ServiceDiagnosis): boolean {
  return toldOf(service).some(isFault);
}

/** A hint is something to look at, not to work on. */
function isFault({ severity, confidence }: Finding): boolean {
  return severity !== 'info' && confidence !== 'hint';
}

/** Nothing is wrong yet, and nothing works yet either. */
function isWaiting({ severity, code }: Finding): boolean {
  return severity === 'info' && waits.includes(code);
}

const waits: readonly FindingCode[] = ['VMS112', 'VMS201', 'VMS210', 'VMS301', 'VMS303', 'VMS309', 'VMS401', 'VMS402', 'VMS407', 'VMS601'];

interface Line {
  /** Empty: it goes on with the object above. */
  readonly name: string;
  readonly finding: Finding | undefined;
  readonly text: string;
}

function serviceRows(report: DiagnosisReport, { namespace, all }: NamespaceTextOptions): readonly Line[] {
  const [quiet, told] = [report.services.filter(isQuiet), report.services.filter((service) => !isQuiet(service))];
  const together = all ? [] : alikeUnknown(told);
  const grouped = new Set(together.flatMap(({ group }) => group));
  const others = told.filter((service) => !grouped.has(service));
  const faulty = [
    ...(all ? rowsOf(others, namespace) : firstRows(others, namespace)),
    ...together.map((unknown) => unknownRow(unknown, namespace)),
  ];
  // They would push what is wrong off the screen.
  if (quiet.length > quietRows && !all) return [...faulty, { name: `${quiet.length} others`, finding: undefined, text: 'ok' }];
  return [...faulty, ...rowsOf(quiet, namespace)];
}

/** A screen of them: the worst services line by line, and of the others a line for each code. */
function firstRows(services: readonly ServiceDiagnosis[], namespace: string | undefined): readonly Line[] {
  const rows = services.map((service) => rowsOf([service], namespace));
  if (rows.flat().length <= mostRows) return rows.flat();
  let shown = 0;
  let lines = 0;
  for (const own of rows) {
    lines += own.length;
    if (lines > firstMost) break;
    shown++;
  }
  const rest = services.slice(shown);
  const findings = rest.flatMap((service) =>
    [...new Map(toldOf(service).map((finding) => [kindOf(finding), finding])).values()].map((finding) => ({ service, finding })),
  );
  const groups = [...Map.groupBy(findings, ({ finding }) => kindOf(finding)).values()].toSorted(
    (left, right) => compareFirst(left, right) || right.length - left.length,
  );
  const more = groups.map((group, index): Line => {
    const names = group.map(({ service }) => nameOf(service, namespace));
    return {
      name: index === 0 ? `${rest.length} more` : '',
      finding: group[0]?.finding,
      text: `${group.length} of them: ${fewNames(names, named, ' ')}${names.length > named ? ' (--all)' : ''}`,
    };
  });
  return [...rows.slice(0, shown).flat(), ...more];
}

/** As many lines about faulty services fit a screen, and so many of them come before the sums. */
const mostRows = 24;
const firstMost = 14;

function compareFirst(...groups: readonly [readonly { finding: Finding }[], readonly { finding: Finding }[]]): number {
  const [left, right] = groups.map(([first]) => first?.finding.severity ?? 'info');
  return compareSeverity(left ?? 'info', right ?? 'info');
}

function kindOf({ code, severity }: Finding): string {
  return `${code} ${severity}`;
}

/** What could not be looked at is told where an error may hide there; otherwise the last line counts it. */
function toldOf({ findings, skipped }: ServiceDiagnosis): readonly Finding[] {
  const hides = skipped.some(({ mayHideError }) => mayHideError);
  return findings.filter((finding) => (finding.code === 'VMS910' ? hides : isFault(finding) || isWaiting(finding)));
}

/** Whether a row of the table is about what could not be looked at. */
export function tellsHoles(service: ServiceDiagnosis): boolean {
  return toldOf(service).some(({ code }) => code === 'VMS910');
}

function nameOf({ subject }: ServiceDiagnosis, namespace: string | undefined): string {
  const { metadata } = subject.vmService;
  return namespace === undefined ? `${metadata.namespace ?? ''}/${metadata.name}` : metadata.name;
}

/** So many services that are well are named. */
const quietRows = 10;

function isQuiet(service: ServiceDiagnosis): boolean {
  return toldOf(service).length === 0;
}

/** So many of which nothing could be found out for the same reason are named in one line. */
const togetherFrom = 3;

interface AlikeUnknown {
  readonly text: string;
  readonly group: readonly ServiceDiagnosis[];
}

/** What could not be looked at is the same for most services: it is told once. */
function alikeUnknown(services: readonly ServiceDiagnosis[]): readonly AlikeUnknown[] {
  const groups = Map.groupBy(services.filter(isUnknown), (service) => unknownText(service));
  return [...groups].flatMap(([text, group]) => (group.length < togetherFrom ? [] : { text, group }));
}

function unknownRow({ text, group }: AlikeUnknown, namespace: string | undefined): Line {
  const names = group.map((service) => nameOf(service, namespace));
  return { name: `${group.length} services`, finding: group.flatMap(toldOf)[0], text: `${text}: ${fewNames(names, named, ' ')}` };
}

function isUnknown(service: ServiceDiagnosis): boolean {
  const told = toldOf(service);
  return told.length > 0 && told.every(({ code }) => code === 'VMS910');
}

/** `Not permitted to read endpoints, events, resourcequotas, virtualmachines and 2 more in team-a`. */
function unknownText({ skipped, subject }: ServiceDiagnosis): string {
  const missing = skipped.flatMap((rule) => rule.missing).filter(({ because }) => because !== 'NotAsked');
  const resources = [...new Set(missing.map(({ resource }) => resource))].toSorted(compareText);
  const verb = missing.every(({ because }) => because === 'Forbidden') ? 'Not permitted to' : 'Could not';
  return `${verb} read ${fewNames(resources, named)} in ${subject.vmService.metadata.namespace ?? ''}`;
}

function rowsOf(services: readonly ServiceDiagnosis[], namespace: string | undefined): readonly Line[] {
  return services.flatMap((service) => {
    const name = nameOf(service, namespace);
    const told = toldOf(service);
    if (told.length === 0) return [{ name, finding: undefined, text: okText(service) }];
    const groups = [...Map.groupBy(told, kindOf).values()];
    return groups.map((group, index) => ({ name: index === 0 ? name : '', finding: group[0], text: groupText(group, service) }));
  });
}

/** `ok, note VMS213 OneEndpoint`. */
function okText({ findings }: ServiceDiagnosis): string {
  const notes = [...new Map(findings.filter(({ code }) => code !== 'VMS910').map((finding) => [finding.code, finding])).values()];
  return ['ok', ...notes.map((finding) => `note ${finding.code} ${reasonOf(finding)}`)].join(', ');
}

/** Of many of one kind the first, and the names of some others. */
function namespaceRows(report: DiagnosisReport, { all, namespace: only }: NamespaceTextOptions): readonly Line[] {
  // As in the rows of services, the namespace is said where there may be several.
  const place = ({ object }: Finding) => (only === undefined && object.namespace !== undefined ? `${object.namespace}/` : '');
  return report.namespaces.flatMap(({ findings }) =>
    [...Map.groupBy(findings.filter(isFault), kindOf).values()].flatMap((group) => {
      const rows = group.map((finding) => ({ name: `${place(finding)}${objectText(finding)}`, finding, text: finding.message }));
      if (all || rows.length <= named) return rows;
      const names = rows.slice(named - 1).map(({ finding }) => finding.object.name);
      const text = `${names.length} of them: ${fewNames(names, named, ' ')} (--all)`;
      return [...rows.slice(0, named - 1), { name: `${names.length} more`, finding: group[0], text }];
    }),
  );
}

/** How many names are said; the others are counted. */
const named = 4;

function groupText(group: readonly Finding[], service: ServiceDiagnosis): string {
  const { subject } = service;
  const [first] = group;
  if (first === undefined) return '';
  if (first.code === 'VMS910') return unknownText(service);
  if (group.length === 1) return first.message;
  // Several things about one object: its name says nothing about any of them.
  if (new Set(group.map(objectText)).size === 1) {
    const messages = group.map(({ message }) => message);
    return fewNames(messages, named, '; ');
  }
  const of = first.object.kind === 'VirtualMachine' ? ` of ${subject.decisions.length} VMs` : '';
  const names = group.map(({ object }) => object.name);
  return `${group.length}${of}: ${fewNames(names, named, ' ')}`;
}

function table(lines: readonly Line[], { columns }: NamespaceTextOptions, style: Style): string {
  const names = lines.map(({ name }) => sanitize(name));
  const width = Math.max(...names.map((name) => name.length));
  const words = Math.max(0, ...lines.map(({ finding }) => (finding === undefined ? 0 : reasonOf(finding).length)));
  const indent = width + '   WARNING  VMS000  '.length + words + 2;
  return lines
    .map(({ finding, text }, index) => {
      const name = padEnd(names[index] ?? '', width);
      if (finding === undefined) return `${name}   ${sanitize(text)}`;
      const level = levelText(finding, style, 7);
      return `${name}   ${level}  ${finding.code}  ${padEnd(reasonOf(finding), words)}  ${hanging(sanitize(text), columns, indent)}`;
    })
    .join('\n');
}

function lastLine(
  report: DiagnosisReport,
  faulty: readonly ServiceDiagnosis[],
  { minSeverity, again, columns }: NamespaceTextOptions,
): string {
  const [first] = faulty;
  const { length } = report.services;
  const rules = rulesText(report.passed.length, report.skipped.length);
  const besides = report.namespaces.flatMap(({ findings }) => findings).filter(isFault).length;
  if (first === undefined) {
    if (besides === 0) return `${nothingFound(minSeverity)}: ${rules}`;
    const told = besides === 1 ? '1 finding is' : `${besides} findings are`;
    return `No service needs work, but ${told} about what has no service; ${rules}`;
  }
  const { name, namespace } = first.subject.vmService.metadata;
  const place = namespace === undefined ? [] : ['-n', namespace];
  const start = pasteableCommand(['kubectl', 'vmsvc', 'debug', name, ...place, ...again], [name, ...place.slice(1)]);
  const unknown = faulty.filter(isUnknown).length;
  const sure = faulty.length - unknown;
  const counts = [
    ...(sure === 0 ? [] : [`${sure} of ${length} ${sure === 1 ? 'needs' : 'need'} work`]),
    ...(unknown === 0 ? [] : [`${sure === 0 ? `${unknown} of ${length}` : unknown} could not be looked at as a whole`]),
  ];
  const total = `${counts.join(', ')}; ${rules}`;
  return start === undefined ? total : withCommand(total, `Start with: ${start}`, columns);
}
