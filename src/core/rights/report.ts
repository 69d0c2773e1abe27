import type { JsonObject } from '../../model/object.ts';
import type { RightsCommand } from './commands.ts';
import { type AnsweredRight, commandTitles, type Verdict, verdictOn } from './rights.ts';

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

/**
 * Joins the verbs of a resource, then the resources of the same verbs, each in the order in which it first came. What would be
 * lost does not tell apart rights that are there.
 */
export function groupRights(rights: readonly AnsweredRight[]): readonly RightsGroup[] {
  const lossOf = ({ answer, without }: AnsweredRight) => (answer === 'allowed' ? undefined : without);
  const byResource = Map.groupBy(rights, (right) => JSON.stringify([right.answer, lossOf(right), right.group, resourceName(right)]));
  const joined = [...byResource.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ right: first, verbs: same.map(({ verb }) => verb) }];
  });
  const byVerbs = Map.groupBy(joined, ({ right, verbs }) => JSON.stringify([right.answer, lossOf(right), verbs]));
  return [...byVerbs.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const resources = same.map(({ right }) => resourceName(right));
    return [{ answer: first.right.answer, verbs: first.verbs, resources, without: lossOf(first.right) }];
  });
}

/** `virtualmachineservices/status`. */
function resourceName({ resource, subresource }: Pick<AnsweredRight, 'resource' | 'subresource'>): string {
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
