import { type Finding, reasonOf } from '../core/finding.ts';
import type { LiveChange, MemberChange, MemberChanges } from '../core/validation/live-change.ts';
import type { ReportedFinding, ValidationReport } from '../core/validation/validation-report.ts';
import { padEnd } from './display-width.ts';
import { sanitize } from './sanitize.ts';
import { paintSeverity } from './severity.ts';
import type { Style } from './style.ts';
import { findingText, shownFindings, verdictText } from './validation-text.ts';

/** What each object of the files would do in the cluster: the VMs that come and go, and the problems. */
export function renderLiveChanges(changes: readonly LiveChange[], report: ValidationReport, style: Style): string {
  const told = new Set(shownFindings(report));
  const shown = changes.map((change) => ({ ...change, problems: toldProblems(change.problems, told) }));
  const ofChanges = new Set(shown.flatMap(({ problems }) => [...problems.fresh, ...problems.unchanged]));
  // What is wrong with a file itself belongs to no object.
  const others = [...told].filter((reported) => !ofChanges.has(reported)).map((reported) => findingText(reported, undefined, style));
  const blocks = [...others, ...shown.map((change) => changeText(change, style))];
  const { release, version } = report;
  const [only, ...more] = changes;
  const traffic = only === undefined || more.length > 0 || only.operation === 'refused' ? '' : trafficText(only.members);
  const total = `${capital(verdictText(report))}.${traffic} Checked as release ${release} (${version}).`;
  return `${[...blocks, sanitize(total)].join('\n\n')}\n`;
}

/** Without what somebody left out. */
function toldProblems({ fresh, solved, unchanged }: LiveChange['problems'], told: ReadonlySet<ReportedFinding>): LiveChange['problems'] {
  return { fresh: fresh.filter((reported) => told.has(reported)), solved, unchanged: unchanged.filter((reported) => told.has(reported)) };
}

function changeText(change: LiveChange, style: Style): string {
  const { file, name, namespace, operation, members, problems, server } = change;
  const object = `${file}: VirtualMachineService/${name}`;
  const sentence =
    operation === 'unknown'
      ? `${object}: what there is in ${namespace} could not be looked at, so what would become of it is not known`
      : `${object} would be ${operation} in ${namespace}`;
  const head = style.strong(sanitize(sentence));
  const notTried = server.outcome === 'notTried' ? [style.dim(sanitize(`The server was not asked to try it: ${server.why}`))] : [];
  if (server.outcome === 'noNamespace') notTried.push(style.dim(sanitize(`There is no namespace ${namespace} to create it in`)));
  return [
    [head, ...notTried].join('\n'),
    operation === 'refused'
      ? 'VMs in and out      none: it would be refused'
      : members === undefined
        ? 'VMs in and out      <unknown>'
        : membersText(members, style),
    [
      problemLines('New problems', problems.fresh.map(placed), style),
      problemLines(
        'Solved by this',
        problems.solved.map((finding) => ({ finding, place: '' })),
        style,
      ),
      problemLines('Unchanged', problems.unchanged.map(placed), style),
    ].join('\n'),
  ].join('\n\n');
}

/** So many VMs that stay are named. */
const mostNamed = 10;

function membersText({ joins, leaves, stays }: MemberChanges, style: Style): string {
  const rows = [
    ...joins.map((member) => ({ sign: '+', paint: style.ok, member, words: 'would join', was: '' })),
    ...leaves.map((member) => ({ sign: '-', paint: style.bad, member, words: 'would leave', was: 'was ' })),
    ...stays.slice(0, mostNamed).map((member) => ({ sign: ' ', paint: style.dim, member, words: 'stays', was: '' })),
  ];
  if (rows.length === 0) return 'VMs in and out      none';
  const names = rows.map(({ member }) => sanitize(member.name));
  const width = Math.max(...names.map((name) => name.length));
  const addresses = rows.map(({ member }) => sanitize(member.addresses.join(',')));
  const wide = Math.max(...addresses.map((address) => address.length));
  const lines = rows.map(({ sign, paint, member, words, was }, index) => {
    const state = words === 'stays' ? '' : `  ${padEnd(addresses[index] ?? '', wide)}  ${was}${stateText(member)}`;
    return paint(`  ${sign} ${padEnd(names[index] ?? '', width)}  ${padEnd(words, 11)}${state}`.trimEnd());
  });
  const more = stays.length > mostNamed ? [style.dim(`    and ${stays.length - mostNamed} more stay`)] : [];
  return ['VMs in and out', ...lines, ...more].join('\n');
}

function stateText({ outcome }: MemberChange): string {
  return { ready: 'READY', notReady: 'NOT READY', out: 'OUT' }[outcome];
}

const labelWidth = 20;

function placed({ finding }: ReportedFinding): { readonly finding: Finding; readonly place: string } {
  const { location } = finding;
  return { finding, place: location === undefined ? '' : ` (${location.file}:${location.line}:${location.column})` };
}

function problemLines(label: string, problems: readonly { readonly finding: Finding; readonly place: string }[], style: Style): string {
  if (problems.length === 0) return `${padEnd(label, labelWidth)}none`;
  return problems
    .map(({ finding, place }, index) => {
      const { severity, code, message } = finding;
      const paint = paintSeverity(severity, style);
      const level = paint(padEnd(severity.toUpperCase(), 7));
      return `${padEnd(index === 0 ? label : '', labelWidth)}${level} ${code} ${reasonOf(finding)}: ${sanitize(message)}${sanitize(place)}`;
    })
    .join('\n');
}

/** ` Traffic moves from {web-1, web-2} to {web-1, web-6}.` */
function trafficText(members: MemberChanges | undefined): string {
  if (members === undefined) return '';
  const { joins, leaves, stays } = members;
  const set = (list: readonly MemberChange[]): string => {
    const names = list.filter(({ outcome }) => outcome !== 'out').map(({ name }) => name);
    return `{${[...names].sort().slice(0, mostNamed).join(', ')}${names.length > mostNamed ? ', …' : ''}}`;
  };
  if (joins.length === 0 && leaves.length === 0) return stays.length === 0 ? '' : ` Traffic stays with ${set(stays)}.`;
  return ` Traffic moves from ${set([...stays, ...leaves])} to ${set([...stays, ...joins])}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
