import type { JsonObject } from '../model/object.ts';
import { type AnsweredRight, commandTitles, type RightsCommand, type Verdict, verdictOn } from './rights.ts';

/** Whether somebody can run one command in a namespace, and why. */
export interface CommandRights {
  readonly command: RightsCommand;
  readonly verdict: Verdict;
  readonly rights: readonly AnsweredRight[];
}

export function commandRights(command: RightsCommand, rights: readonly AnsweredRight[]): CommandRights {
  return { command, verdict: verdictOn(rights), rights };
}

/** Rights of the same answer and the same loss, as a table mentions them: verbs once, resources once. */
export interface RightsGroup {
  readonly answer: AnsweredRight['answer'];
  readonly verbs: readonly string[];
  /** `virtualmachineservices/status`: with the subresource, without the group. */
  readonly resources: readonly string[];
  readonly without: string | undefined;
}

/** A line of the table: commands of one family that have the same answer for the same reasons. */
export interface RightsRow {
  readonly titles: readonly string[];
  readonly verdict: Verdict;
  readonly missing: readonly RightsGroup[];
}

export function rightsRows(commands: readonly CommandRights[]): readonly RightsRow[] {
  const rows = new Map<string, RightsRow>();
  for (const { command, verdict, rights } of commands) {
    const { title, family } = commandTitles[command];
    const missing = groupRights(rights.filter((right) => matters(right, verdict)));
    const key = JSON.stringify([family, verdict, missing]);
    rows.set(key, { titles: [...(rows.get(key)?.titles ?? []), title], verdict, missing });
  }
  return [...rows.values()];
}

/** Beside what forbids a command, what would only be left out is noise. */
function matters({ answer, without }: AnsweredRight, verdict: Verdict): boolean {
  if (verdict === 'no') return answer === 'denied' && without === undefined;
  return answer !== 'allowed';
}

/** Joins the verbs of a resource, then the resources of the same verbs, each in the order in which it first came. */
export function groupRights(rights: readonly AnsweredRight[]): readonly RightsGroup[] {
  const verbs = new Map<string, { readonly right: AnsweredRight; readonly verbs: readonly string[] }>();
  for (const right of rights) {
    const key = JSON.stringify([right.answer, right.without, right.group, resourceName(right)]);
    verbs.set(key, { right, verbs: [...(verbs.get(key)?.verbs ?? []), right.verb] });
  }
  const groups = new Map<string, RightsGroup>();
  for (const { right, verbs: joined } of verbs.values()) {
    const key = JSON.stringify([right.answer, right.without, joined]);
    const resources = [...(groups.get(key)?.resources ?? []), resourceName(right)];
    groups.set(key, { answer: right.answer, verbs: joined, resources, without: right.without });
  }
  return [...groups.values()];
}

/** `virtualmachineservices/status`. */
export function resourceName({ resource, subresource }: Pick<AnsweredRight, 'resource' | 'subresource'>): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

/** The fields of a `Rights` document that come after its head, in their order. */
export function rightsReport(namespace: string, commands: readonly CommandRights[]): JsonObject {
  return {
    namespace,
    items: commands.map(({ command, verdict, rights }) => ({
      command: commandTitles[command].title,
      answer: verdict,
      rights: rights.map(({ verb, group, resource, subresource, name, without, answer, reason }) => ({
        verb,
        group,
        resource,
        ...(subresource !== undefined && { subresource }),
        ...(name !== undefined && { name }),
        answer,
        reason,
        without: without ?? null,
      })),
    })),
  };
}
