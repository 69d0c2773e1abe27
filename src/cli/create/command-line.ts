import { portNotation } from '../../core/port-notation.ts';
import { selectorText } from '../../core/selector.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import { accessWords } from '../access-words.ts';
import type { CommandInput } from '../spec.ts';
import type { WholeRequest } from './derive-plan.ts';

/**
 * The command line that does what was answered, without a question.
 * @param agreed whether something in it is only done if somebody agrees, as they have here
 * @returns undefined where a name in it is none that may be pasted
 */
export function commandLine(
  { name, type, ports, selector, from, labelVms }: WholeRequest,
  namespace: string,
  { flags }: CommandInput,
  agreed: boolean,
): string | undefined {
  const vms = from?.names.map((vm) => `vm/${vm}`) ?? [];
  const labels = selectorText(labelVms);
  const words = [
    'kubectl',
    'vmsvc',
    'create',
    name,
    '-n',
    namespace,
    `--type=${type}`,
    ...ports.map((port) => `--port=${portNotation(port)}`),
    ...(selector === undefined ? [] : [`--selector=${selectorText(selector)}`]),
    ...(vms.length === 0 ? [] : [`--from=${vms.join(',')}`]),
    ...(from?.labelSelector === undefined ? [] : ['-l', from.labelSelector]),
    ...(Object.keys(labelVms).length === 0 ? [] : [`--label-vm=${labels}`]),
    ...texts.flatMap((flag) => (flags.given(flag) ? [`--${flag}=${flags.text(flag) ?? ''}`] : [])),
    ...lists.flatMap((flag) => flags.list(flag).map((value) => `--${flag}=${value}`)),
    ...switches.flatMap((flag) => (flags.on(flag) ? [`--${flag}`] : [])),
    ...(agreed ? ['--yes'] : []),
    ...accessWords(flags),
  ];
  return pasteableCommand(words, [name, namespace, ...(from?.names ?? [])]);
}

const texts = [
  'load-balancer-ip',
  'cluster-ip',
  'ip-family-policy',
  'external-traffic-policy',
  'health-check-node-port',
  'dry-run',
  'field-manager',
  'validate',
  'wait',
  'timeout',
  'output',
  'template',
  'allow-missing-template-keys',
  'bundle',
  'release',
  'provider',
];

const lists = ['source-range', 'ip-family', 'label', 'annotation', 'filename', 'capability'];

const switches = ['save-config', 'offline', 'recursive', 'partial', 'warnings-as-errors'];
