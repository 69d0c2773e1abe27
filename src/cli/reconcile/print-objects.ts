import type { ReconcileOutcome } from '../../cluster/reconcile/reconcile-outcome.ts';
import { type Appliable, appliable } from '../../core/appliable.ts';
import { plannedStep } from '../../core/planned-step.ts';
import { type JsonObject, lastAppliedAnnotation, nameOf } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { renderJson } from '../../render/documents.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { stepNames } from '../../render/reconcile.ts';
import { sanitize } from '../../render/sanitize.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';

/**
 * `--print`: the children as they should be, for somebody who may apply them; the Service of each VirtualMachineService, then its
 * Endpoints. One object is printed alone; several are a stream of YAML documents, or a List in JSON.
 * @throws CliError where files do not say which VirtualMachineService the children belong to
 */
export async function printObjects(outcomes: readonly ReconcileOutcome[], format: OutputFormat, io: Io): Promise<void> {
  // Where half of a service could not be planned, the other half would be applied for nothing.
  const steps = outcomes.filter(({ item }) => item.error === null).flatMap(({ item }) => item.steps);
  for (const { vmService } of outcomes) await refuseInvented(vmService);
  const objects = steps.flatMap((step) => {
    const found = appliable(plannedStep(step));
    return found === undefined ? [] : [{ ...found, step }];
  });
  if (format.kind === 'name') io.stdout.write(stepNames(objects.map(({ step }) => step)));
  else if (format.kind === 'json') io.stdout.write(jsonOf(objects));
  else io.stdout.write(await yamlOf(objects));
  if (objects.some(({ object }) => remembersApply(object))) io.stderr.write(`Warning: ${ownManager}\n`);
  for (const { step, left } of objects) {
    if (left.length === 0) continue;
    const { namespace } = step.ref;
    const what = `${nameOf(step.ref)}${namespace === undefined ? '' : ` in ${namespace}`}`;
    io.stderr.write(`Warning: ${sanitize(`kubectl apply leaves what is to go from ${what} (${left.join(', ')}): use kubectl replace`)}\n`);
  }
}

const ownManager =
  'kubectl writes its own last-applied-configuration over the one in these objects, unless it is told: kubectl apply --server-side --field-manager=kubectl-vmsvc';

/** The controller copies it from the VirtualMachineService with all other annotations. */
function remembersApply({ metadata }: JsonObject): boolean {
  return isMap(metadata) && isMap(metadata['annotations']) && Object.hasOwn(metadata['annotations'], lastAppliedAnnotation);
}

function jsonOf(objects: readonly Appliable[]): string {
  const [first] = objects;
  if (first === undefined) return '';
  const list: JsonObject = { apiVersion: 'v1', kind: 'List', items: objects.map(({ object }) => object) };
  return renderJson(objects.length === 1 ? first.object : list, 'sorted');
}

async function yamlOf(objects: readonly Appliable[]): Promise<string> {
  const { renderYaml } = await import('../../render/yaml-writer.ts');
  return objects.map(({ object }) => renderYaml(object, 'sorted')).join('---\n');
}

/** What belongs to a uid that is none is collected as garbage. */
async function refuseInvented({ metadata }: VirtualMachineService): Promise<void> {
  const { isInventedUid } = await import('../offline-source.ts');
  if (!isInventedUid(metadata.uid ?? '')) return;
  throw new CliError(
    `the files do not have the uid of VirtualMachineService ${metadata.namespace}/${metadata.name}, to which its Service and Endpoints would belong`,
    {
      exitCode: 3,
      hint: ['  kubectl get vmservice -o yaml has it'],
    },
  );
}
