import type { Article } from '../core/catalogue/article.ts';
import { type Confidence, type Finding, type FindingLocation, objectText, reasonOf, type Severity } from '../core/finding.ts';
import type { FindingCode } from '../core/finding-codes.ts';
import { familyOf, familyTitles } from '../core/finding-family.ts';
import type { Checked, CheckedObject } from '../core/test-cases.ts';
import type { JsonObject } from '../model/object.ts';
import { articleMarkdown } from './article-markdown.ts';
import { renderJson } from './documents.ts';
import { fixText } from './fix-text.ts';

/** A piece of a file and what to put in its place. Positions count from 1, the end is behind the last character. */
export interface FileEdit {
  readonly file: string;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
  readonly text: string;
}

export interface SarifOptions {
  readonly toolVersion: string;
  /** What is known about the codes that were found. */
  readonly articleOf: (code: FindingCode) => Article;
  /** The one right way to mend a finding in its file; undefined where there is none. */
  readonly editsOf?: (finding: Finding) => readonly FileEdit[] | undefined;
}

/**
 * The findings as a log of SARIF 2.1.0, as code scanning takes it: a rule with its help for each code that was found, a result with
 * its place for each finding, and an empty list of results when there is none.
 */
export function renderSarif(checked: Checked, options: SarifOptions): string {
  const codes = [...new Set(checked.findings.map(({ code }) => code))].sort();
  const notifications = [...checked.unknown.map(notification), ...(checked.unread ?? []).map(unreadNotification)];
  const document: JsonObject = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kubectl-vmsvc',
            semanticVersion: options.toolVersion,
            rules: codes.map((code) => ruleOf(code, options.articleOf(code))),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: checked.findings.map((finding) => resultOf(finding, codes.indexOf(finding.code), options)),
      },
    ],
  };
  return renderJson(document, 'given');
}

function ruleOf(code: FindingCode, article: Article): JsonObject {
  const [level] = article.levels;
  const remedies = article.fix.map(({ text, run }) => (run === undefined ? text : `${text}: ${run}`));
  return {
    id: code,
    name: reasonOf({ code }),
    shortDescription: { text: article.summary },
    fullDescription: { text: article.meaning },
    help: { text: [article.meaning, '', 'Fix:', ...remedies.map((text) => `- ${text}`)].join('\n'), markdown: articleMarkdown(article) },
    defaultConfiguration: { level: levels[level?.severity ?? 'warning'] },
    properties: {
      tags: [familyTitles[familyOf(code)]],
      precision: precisions[level?.confidence ?? 'likely'],
      'problem.severity': problemSeverities[level?.severity ?? 'warning'],
    },
  };
}

const levels = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<Severity, string>;
/** The words of code scanning. */
const problemSeverities = { error: 'error', warning: 'warning', info: 'recommendation' } as const satisfies Record<Severity, string>;
const precisions = { certain: 'very-high', likely: 'high', hint: 'medium' } as const satisfies Record<Confidence, string>;

function resultOf(finding: Finding, ruleIndex: number, { editsOf }: SarifOptions): JsonObject {
  const { code, severity, confidence, location, field, message, fix, evidence } = finding;
  const edits = editsOf?.(finding);
  return {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: [message, ...fix.map(fixText)].join('\n') },
    locations: [
      {
        ...(location !== undefined && { physicalLocation: { artifactLocation: artifact(location.file), region: regionOf(location) } }),
        logicalLocations: [logicalLocation(finding)],
      },
    ],
    // Where the finding stays when lines are added above it.
    partialFingerprints: { 'vmsvc/v1': [code, finding.object.namespace ?? '', objectText(finding), field ?? ''].join('|') },
    ...(edits !== undefined && edits.length > 0 && { fixes: [fixOf(finding, edits)] }),
    properties: { confidence, ...(evidence.length > 0 && { evidence }) },
  };
}

function logicalLocation({ object, field }: Pick<Finding, 'field'> & CheckedObject): JsonObject {
  const { kind, name, namespace } = object;
  const whole = [...(namespace === undefined ? [] : [namespace]), kind, name].join('/');
  return { name, kind: 'resource', fullyQualifiedName: field === undefined ? whole : `${whole}#${field}` };
}

function regionOf({ line, column, endColumn }: FindingLocation): JsonObject {
  return { startLine: line, startColumn: column, ...(endColumn !== undefined && { endColumn }) };
}

/** Relative to wherever the tool was started, which code scanning takes for the root of the repository. */
function artifact(file: string): JsonObject {
  const path = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? { uri: `file://${path}` } : { uri: path, uriBaseId: '%SRCROOT%' };
}

function fixOf({ code }: Finding, edits: readonly FileEdit[]): JsonObject {
  const files = Map.groupBy(edits, ({ file }) => file);
  return {
    description: { text: `Mend ${code} ${reasonOf({ code })}` },
    artifactChanges: [...files].map(([file, own]) => ({
      artifactLocation: artifact(file),
      replacements: own.map(({ start, end, text }) => ({
        deletedRegion: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
        ...(text !== '' && { insertedContent: { text } }),
      })),
    })),
  };
}

function notification({ object, family, reason }: Checked['unknown'][number]): JsonObject {
  return {
    level: 'warning',
    message: { text: `${object.kind}/${object.name}: ${familyTitles[family]} could not be judged: ${reason}` },
    locations: [{ logicalLocations: [logicalLocation({ object })] }],
  };
}

/** Nothing that was judged hangs on it: worth a note. */
function unreadNotification(sentence: string): JsonObject {
  return { level: 'note', message: { text: `not looked at: ${sentence}` } };
}
