import type { CommandSpec } from '../spec.ts';
import { noHeaders, outputOf, templateFormats, templateOptions } from './output-options.ts';

export const explainCommand: CommandSpec = {
  name: 'explain',
  aliases: [],
  group: 'Understand',
  summary: 'what a finding code means, and how to mend it',
  description:
    'Explain the codes of findings: what each means, what is read to find it, how to mend it, on which releases it happens, and what looks the same and is no fault. A CODE is a number or a word: VMS301, 301, VirtualMachineHasNoAddress. VMS3 lists a family; without a CODE all are listed. No cluster is needed.',
  examples: [
    ['What does this code mean', 'kubectl vmsvc explain VMS202'],
    ['All codes, one line each', 'kubectl vmsvc explain'],
    ['Those about addresses and readiness of VMs', 'kubectl vmsvc explain VMS3'],
    [
      'For a tool: which codes are there, and how grave',
      "kubectl vmsvc explain -o custom-columns='CODE:.code,WORD:.reason,LEVEL:.levels[0].severity'",
    ],
  ],
  argument: '[CODE…]',
  completes: 'codes',
  options: [outputOf(['json', 'yaml', 'name', ...templateFormats], 'Documents are of kind CodeList.'), noHeaders, ...templateOptions],
  run: async (input, io) => (await import('../commands/explain.ts')).explain(input, io),
};
