import { fewNames } from '../../core/few-names.ts';
import type { ObjectOutcome } from '../../core/step.ts';
import { nameOf } from '../../model/object.ts';

/**
 * What became of each object of a run that failed, a line an outcome; or that nothing was changed, where nothing can have been.
 * Beware: the caller makes them safe for a terminal.
 * @param namespaces whether each object needs its namespace to be told apart
 */
export function outcomeLines(outcomes: readonly ObjectOutcome[], namespaces: boolean): readonly string[] {
  const placed = ({ ref }: ObjectOutcome) => `${nameOf(ref)}${namespaces ? ` in ${ref.namespace} namespace` : ''}`;
  if (outcomes.every(({ outcome }) => outcome === 'NotDone')) return ['  nothing was changed'];
  return (['Done', 'Unknown', 'NotDone'] as const).flatMap((outcome) => {
    const names = outcomes.filter((one) => one.outcome === outcome).map(placed);
    return names.length === 0 ? [] : [`  ${words[outcome].padEnd(8)}  ${fewNames(names, mostNames)}`];
  });
}

const words = { Done: 'done', Unknown: 'unknown', NotDone: 'not done' } as const;
const mostNames = 20;
