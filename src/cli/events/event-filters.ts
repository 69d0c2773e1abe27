import { parseRequestTimeout } from '../../cluster/kubeconfig/request-timeout.ts';
import type { TimelineRow } from '../../core/timeline.ts';
import { usageError } from '../errors.ts';
import type { Flags } from '../spec.ts';
import { objectKind } from '../targets.ts';

const types = ['Normal', 'Warning', 'Condition', 'Change'] as const;

/** Whether a row is wanted at some time, by `--types`, `--for` and `--since`. @throws CliError for values that mean nothing */
export function eventFilter(flags: Flags): (row: TimelineRow, now: Date) => boolean {
  const wanted = typesOf(flags);
  const about = objectOf(flags);
  const since = sinceOf(flags);
  return (row, now) =>
    (wanted === undefined || wanted.has(row.type)) &&
    (about === undefined || row.object === about) &&
    (since === undefined || now.getTime() - Date.parse(row.lastSeen ?? '') <= since);
}

function typesOf(flags: Flags): ReadonlySet<string> | undefined {
  const words = flags.list('types').flatMap((text) => text.split(','));
  if (words.length === 0) return undefined;
  return new Set(
    words.map((word) => {
      const known = types.find((type) => type.toLowerCase() === word.toLowerCase());
      if (known === undefined) throw usageError(`--types ${JSON.stringify(word)}: must be one of ${types.join(', ')}`, 'events');
      return known;
    }),
  );
}

function objectOf(flags: Flags): string | undefined {
  const text = flags.text('for');
  if (text === undefined) return undefined;
  const [word = '', name = '', ...more] = text.split('/');
  const kind = objectKind(word);
  if (name === '' || more.length > 0) throw usageError(`--for ${JSON.stringify(text)}: must be TYPE/NAME, such as vm/web-1`, 'events');
  if (kind === undefined) {
    throw usageError(`--for ${JSON.stringify(text)}: the type must be vmservice, vm, service, endpoints or endpointslice`, 'events');
  }
  return `${kind}/${name}`;
}

function sinceOf(flags: Flags): number | undefined {
  const text = flags.text('since');
  if (text === undefined) return undefined;
  const since = parseRequestTimeout(text);
  if (since === undefined || since === 0)
    throw usageError(`--since ${JSON.stringify(text)}: must be a time such as 30m, 2h or 48h`, 'events');
  return since;
}
