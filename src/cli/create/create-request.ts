import { type DraftExtras, type DraftType, draftTypes } from '../../core/create/draft.ts';
import { isDnsName } from '../../core/name-rules.ts';
import type { WholePort } from '../../core/port-names.ts';
import type { Selector } from '../../core/selector.ts';
import { isClusterLabel } from '../../core/workload-cluster.ts';
import { shellQuote } from '../../render/shell-quote.ts';
import { CliError } from '../errors.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { createExtras, extrasOnWrongType } from './create-extras.ts';
import { createNames } from './create-names.ts';
import { createPorts } from './create-ports.ts';
import { readLabels } from './read-pairs.ts';

/** What a command line says about the service to be; what it does not say is undefined or empty. */
export interface CreateRequest {
  readonly name: string | undefined;
  readonly type: DraftType | undefined;
  readonly ports: readonly WholePort[];
  readonly selector: Selector | undefined;
  /** The VMs to derive the selector from. */
  readonly from: { readonly names: readonly string[]; readonly labelSelector: string | undefined } | undefined;
  /** Labels that those VMs get first. */
  readonly labelVms: Readonly<Record<string, string>>;
  readonly extras: DraftExtras;
}

/**
 * Reads everything that describes the service, and checks it before anything is asked.
 * @throws CliError with a sentence for each thing that is wrong
 */
export function createRequest({ word, args, flags }: CommandInput): CreateRequest {
  const problems: string[] = [];
  const labelSelector = flags.text('from-selector');
  const names = createNames(word, args, flags.text('name'), flags.list('from'), labelSelector !== undefined);
  problems.push(...names.problems);
  const pairsOf = (flag: string) => {
    const read = readLabels(flag, flags.list(flag));
    problems.push(...read.problems);
    return read.pairs;
  };
  const selector = flags.given('selector') ? pairsOf('selector') : undefined;
  const labelVms = pairsOf('label-vm');
  for (const key of Object.keys(labelVms).filter(isClusterLabel))
    problems.push(`--label-vm ${key}: the controllers of workload clusters put this label on their machines, and nobody else does`);
  const type = typeOf(flags, names.name, problems);
  const ports = createPorts(flags, problems);
  const extras = createExtras(flags, pairsOf('label'), problems);
  problems.push(...extrasOnWrongType(flags, type, extras));
  if (labelSelector?.trim() === '') problems.push('-l "": must be a label query, as in app=web; an empty one would find every VM');
  const hasFrom = names.vms.length > 0 || labelSelector !== undefined;
  if (selector !== undefined && hasFrom) problems.push('--selector says which labels, --from and -l which VMs: give one of them');
  if (names.vms.length > 0 && labelSelector !== undefined) problems.push('--from names the VMs, -l looks for them: give one of them');
  if (flags.given('label-vm') && !hasFrom) problems.push('--label-vm labels the VMs of --from=vm/NAME or -l, and there are none');
  refuse(problems, word);
  return {
    name: names.name,
    type,
    ports,
    selector,
    from: hasFrom ? { names: names.vms, labelSelector } : undefined,
    labelVms,
    extras,
  };
}

/** What has to be said and was not. */
export function missingWords({ name, type, ports, selector, from, extras }: CreateRequest, command: string): readonly string[] {
  return [
    ...(name === undefined ? ['NAME'] : []),
    ...(type === undefined ? ['--type'] : []),
    ...(ports.length === 0 && extras.clusterIP !== 'None' ? ['--port'] : []),
    ...(selector === undefined && from === undefined ? [command === 'expose' ? 'vm/NAME or --selector' : '--selector or --from'] : []),
  ];
}

/** @throws CliError with a line for each problem, equal ones once */
function refuse(problems: readonly string[], command: string): void {
  const [first, ...others] = new Set(problems);
  if (first === undefined) return;
  const hint = [...others.map((text) => `error: ${text}`), `See 'kubectl vmsvc ${command} -h' for help and examples`];
  throw new CliError(first, { exitCode: 2, hint });
}

function typeOf(flags: Flags, name: string | undefined, problems: string[]): DraftType | undefined {
  const text = flags.text('type');
  if (text === undefined) return undefined;
  const type = draftTypes.find((known) => known.toLowerCase() === text.toLowerCase());
  if (type !== undefined) return type;
  switch (text.toLowerCase()) {
    case 'externalname':
      throw useCoreService(flags, name);
    case 'nodeport':
      problems.push(`--type ${JSON.stringify(text)}: VM Operator has no node ports; LoadBalancer reaches the VMs from outside`);
      return undefined;
    default:
      problems.push(`--type ${JSON.stringify(text)}: must be ${draftTypes.join(' or ')}`);
      return undefined;
  }
}

/** VM Operator takes the type, and makes nothing of it that a core Service would not be by itself. */
function useCoreService(flags: Flags, name: string | undefined): CliError {
  const host = flags.text('external-name') ?? 'HOST';
  const namespace = flags.text('namespace');
  const words = [
    'kubectl create service externalname',
    name !== undefined && isDnsName(name) ? name : 'NAME',
    `--external-name=${shellQuote(host)}`,
    ...(namespace !== undefined && isDnsName(namespace) ? [`-n ${namespace}`] : []),
  ];
  return new CliError('--type ExternalName: a name for another host has no VMs behind it; make a core Service', {
    exitCode: 2,
    hint: [`  ${words.join(' ')}`],
  });
}
