import { existsSync } from 'node:fs';
import { writeErrorReason, writeWholeFile } from '../../cluster/files/whole-file.ts';
import type { CreatePlan } from '../../core/create/create-plan.ts';
import { jsonOf, type KubeObject, refOf } from '../../model/object.ts';
import { qualifiedName } from '../../model/resources.ts';
import { sanitize } from '../../render/sanitize.ts';
import { pasteableCommand, shellQuote } from '../../render/shell-quote.ts';
import { renderYaml } from '../../render/yaml-writer.ts';
import { filePath } from '../file-path.ts';
import type { ExitCode } from '../io.ts';
import { askText, type Terminal } from '../prompt.ts';

/** Asks for a file and writes the object to it, with what is left to do. Import this file dynamically: it loads inquirer and yaml. */
export async function saveManifest(object: KubeObject, plan: CreatePlan, terminal: Terminal): Promise<ExitCode | 'interrupted'> {
  const { io } = terminal;
  const { name, namespace } = plan.draft;
  const asked = await askText('Which file?', terminal, {
    suggestion: `${name}.yaml`,
    problemOf: (text) => {
      if (text.trim() === '') return 'a name for the file';
      return existsSync(filePath(io, text)) ? `${text} is there already` : undefined;
    },
  });
  if ('ended' in asked) return asked.ended === 'interrupted' ? 'interrupted' : 1;
  const file = asked.answer;
  try {
    writeWholeFile(filePath(io, file), renderYaml(jsonOf(object), 'given'), 0o644);
  } catch (error) {
    // What was answered so far is not to be lost: it is asked for another one.
    io.stderr.write(`${sanitize(`error: cannot write ${JSON.stringify(file)}: ${writeErrorReason(error)}`)}\n`);
    return saveManifest(object, plan, terminal);
  }
  io.stdout.write(`${sanitize(`${qualifiedName(refOf(object))} saved to ${file}`)}\n`);
  const labels = plan.labels.flatMap(({ vm, labels: pairs }) => {
    const vmName = vm.metadata.name;
    const words = ['kubectl', 'label', 'vm', vmName, '-n', namespace, ...Object.entries(pairs).map(([key, value]) => `${key}=${value}`)];
    return pasteableCommand(words, [vmName, namespace]) ?? [];
  });
  io.stderr.write([...labels, `kubectl apply -f ${shellQuote(file)}`].map((command) => `Next: ${sanitize(command)}\n`).join(''));
  return 0;
}
