import type { ManifestObject } from '../../cluster/files/manifests.ts';
import type { Conversion } from '../../core/convert/conversion.ts';
import { selectsVms, toService } from '../../core/convert/to-service.ts';
import { isExternalName, toVmService } from '../../core/convert/to-vm-service.ts';
import { isSeen } from '../../core/snapshot.ts';
import { groupOf, jsonOf, type KubeObject, refOf } from '../../model/object.ts';
import { qualifiedName, vmOperatorGroup } from '../../model/resources.ts';
import { vmServiceOf } from '../../model/virtual-machine-service.ts';
import { renderJson, renderNames } from '../../render/documents.ts';
import { sanitize } from '../../render/sanitize.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';
import { checkedVersion, vmsFor, worldWith } from '../convert/convert-world.ts';
import { CliError, usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { manifestErrors } from '../manifest-errors.ts';
import { manifestFlag, manifestSources, readLiveManifests } from '../manifest-input.ts';
import { outputFormat } from '../print-document.ts';
import type { CommandInput } from '../spec.ts';

/** What became of one object of a file. */
interface Converted {
  readonly from: KubeObject;
  readonly objects: readonly KubeObject[];
  readonly code: ExitCode;
}

/** Prints Services as VirtualMachineServices, or the other way round. */
export async function convert(input: CommandInput, io: Io): Promise<ExitCode> {
  const { args, flags } = input;
  if (args.length > 0) throw usageError(`convert reads files: -f FILE; kubectl get … -o yaml gives it what a cluster has`, 'convert');
  if (manifestFlag(flags) === undefined) throw usageError('convert needs files: -f FILE', 'convert');
  const format = outputFormat(flags, ['json', 'yaml', 'name'], 'convert');
  const toCore = ['service', 'svc'].includes(flags.text('to') ?? '');
  const { objects: manifests, errors } = await readLiveManifests(flags, io, 'convert');
  if (errors.length > 0) throw manifestErrors(errors);
  const wanted = manifests.filter(({ object }) => (toCore ? isVmService(object) : isCoreService(object)));
  if (wanted.length === 0) throw nothingToConvert(manifests, toCore, manifestSources(flags));
  checkNamespaces(wanted, flags.text('namespace'));
  const converted = toCore ? await toServices(wanted, manifests, input, io) : await toVmServices(wanted, input, io);
  const objects = converted.flatMap((one) => one.objects);
  if (objects.length > 0) {
    if (format.kind === 'name') io.stdout.write(renderNames(objects));
    else if (format.kind === 'json') io.stdout.write(jsonText(objects));
    else io.stdout.write(await yamlText(objects));
  }
  return worst(converted.map(({ code }) => code));
}

/** As kubectl: `-n` is for objects that do not say. @throws CliError for one that says something else */
function checkNamespaces(objects: readonly ManifestObject[], wanted: string | undefined): void {
  for (const { object, file, position } of objects) {
    const { namespace } = object.metadata;
    if (wanted === undefined || namespace === undefined || namespace === wanted) continue;
    throw usageError(
      `${file}:${position.line}: the namespace is ${JSON.stringify(namespace)}, and -n says ${JSON.stringify(wanted)}`,
      'convert',
    );
  }
}

async function toVmServices(services: readonly ManifestObject[], input: CommandInput, io: Io): Promise<readonly Converted[]> {
  const version = await checkedVersion(input, io);
  const { refusalsOf } = await import('../convert/refusals-of.ts');
  return services.map(({ object }) => {
    if (isExternalName(jsonOf(object))) {
      say(object, 'it is a name for another host, with no VMs behind it: keep the core Service', io);
      return { from: object, objects: [], code: 1 };
    }
    const conversion = toVmService(jsonOf(object), { version, namespace: input.flags.text('namespace') });
    const refusals = conversion.objects.flatMap((made) => refusalsOf(made, version, input.flags));
    for (const text of refusals) say(object, `it would be refused: ${text}`, io);
    return { from: object, objects: conversion.objects, code: worst([report(object, conversion, input, io), refusals.length > 0 ? 1 : 0]) };
  });
}

async function toServices(
  vmServices: readonly ManifestObject[],
  manifests: readonly ManifestObject[],
  input: CommandInput,
  io: Io,
): Promise<readonly Converted[]> {
  const converted: Converted[] = [];
  for (const { object } of vmServices) {
    const namespace = object.metadata.namespace ?? input.flags.text('namespace');
    const placed = vmServiceOf(namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } });
    const bare = worldWith({ items: [] }, placed, input.flags);
    const isNeeded = selectsVms(placed, bare.facts.traits);
    const world = isNeeded ? worldWith(await vmsFor(namespace, manifests, input, io), placed, input.flags) : bare;
    const conversion = toService(placed, world);
    const unseen = isSeen(conversion.vms) ? 0 : 3;
    if (!isSeen(conversion.vms)) say(object, `no Endpoints: ${unavailableSentence(conversion.vms.unavailable)}`, io);
    converted.push({ from: object, objects: conversion.objects, code: worst([report(object, conversion, input, io), unseen]) });
  }
  return converted;
}

/** What is lost, a line each, and what is worth knowing. */
function report(from: KubeObject, { losses, notes }: Conversion, { flags }: CommandInput, io: Io): ExitCode {
  for (const { field, why } of losses) say(from, `${field} is lost: ${why}`, io);
  if (!flags.on('quiet')) for (const note of notes) io.stderr.write(`${sanitize(`Note: ${qualifiedName(refOf(from))}: ${note}`)}\n`);
  return losses.length > 0 ? 1 : 0;
}

function say(from: KubeObject, sentence: string, io: Io): void {
  io.stderr.write(`${sanitize(`Warning: ${qualifiedName(refOf(from))}: ${sentence}`)}\n`);
}

function isCoreService({ apiVersion, kind }: KubeObject): boolean {
  return apiVersion === 'v1' && kind === 'Service';
}

function isVmService({ apiVersion, kind }: KubeObject): boolean {
  return groupOf(apiVersion) === vmOperatorGroup && kind === 'VirtualMachineService';
}

function nothingToConvert(manifests: readonly ManifestObject[], toCore: boolean, files: string): CliError {
  const where = files === '-' ? 'stdin' : files;
  const others = manifests.some(({ object }) => (toCore ? isCoreService(object) : isVmService(object)));
  const way = toCore ? '--to=virtualmachineservice converts the Services in it' : '--to=service converts the VirtualMachineServices in it';
  return new CliError(`${where}: there is no ${toCore ? 'VirtualMachineService' : 'Service'} in it`, {
    exitCode: 3,
    hint: others ? [`  ${way}`] : [],
  });
}

function jsonText(objects: readonly KubeObject[]): string {
  const [only] = objects;
  const documents = objects.map(jsonOf);
  return renderJson(
    objects.length === 1 && only !== undefined ? jsonOf(only) : { apiVersion: 'v1', kind: 'List', items: documents },
    'given',
  );
}

async function yamlText(objects: readonly KubeObject[]): Promise<string> {
  const { renderYaml } = await import('../../render/yaml-writer.ts');
  return objects.map((object) => renderYaml(jsonOf(object), 'given')).join('---\n');
}
