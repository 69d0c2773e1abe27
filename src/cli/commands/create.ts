import type { Cluster, WriteOptions } from '../../cluster/cluster.ts';
import { type CreateResult, createLabelled, LabelTakenError } from '../../cluster/create/create-labelled.ts';
import { UnknownOutcomeError } from '../../cluster/http/unknown-outcome.ts';
import { OvertakenError } from '../../cluster/reconcile/overtaken.ts';
import type { CreatePlan } from '../../core/create/create-plan.ts';
import { itemsOf } from '../../core/snapshot.ts';
import { jsonOf, type KubeObject, lastAppliedAnnotation, refOf } from '../../model/object.ts';
import { ApiError } from '../../model/status.ts';
import { compactJson, type FieldOrder, objectDocument, renderNames } from '../../render/documents.ts';
import { sanitize } from '../../render/sanitize.ts';
import { isDumb } from '../../render/terminal.ts';
import { childInTheWay } from '../create/child-in-the-way.ts';
import { type CreateOptions, createOptions } from '../create/create-options.ts';
import { type CreateRequest, createRequest, missingWords } from '../create/create-request.ts';
import { changeLine, consentReasons, leftText, nextText, previewText, questionText } from '../create/create-words.ts';
import { derivePlan, isWhole, type WholeRequest } from '../create/derive-plan.ts';
import { quotasWithoutRoom } from '../create/quotas-without-room.ts';
import { type Surroundings, takenName, withSurroundings } from '../create/surroundings.ts';
import { waitForCreated } from '../create/wait-for-created.ts';
import { withoutServer } from '../create/without-server.ts';
import { explainError } from '../error-words.ts';
import { CliError } from '../errors.ts';
import { type Interruption, interruptible } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { checkTemplate, isDocumentFormat, printDocument } from '../print-document.ts';
import { placeText } from '../reconcile/reconcile-words.ts';
import { warnOfMissingNamespace } from '../report-gaps.ts';
import { rightsHint } from '../rights-hint.ts';
import type { CommandInput } from '../spec.ts';
import { styleFor } from '../terminal.ts';

/** One run of the command, for its parts below. */
interface Create {
  readonly plan: CreatePlan;
  readonly options: CreateOptions;
  readonly around: Surroundings;
  readonly input: CommandInput;
  readonly io: Io;
  readonly interruption: Interruption;
}

type CreateFailure = Extract<CreateResult, { readonly ended: 'failed' }>;

/** Creates a VirtualMachineService, after saying whom it selects. */
export async function create(input: CommandInput, io: Io): Promise<ExitCode> {
  const options = createOptions(input, io);
  const request = createRequest(input);
  const missing = missingWords(request, input.word);
  const asks = options.terminal && !isDumb(io.env) && (options.interactive || missing.length > 0);
  if (!asks) refuseMissing(missing, input.word);
  if (options.dryRun !== 'client') await checkTemplate(options.format, io);
  return interruptible(io, (interruption) => {
    const attempt = (): Promise<ExitCode> =>
      withSurroundings(input, interruption.io, (around) => createThere({ request, asks, options, around, input, io, interruption }));
    if (options.dryRun !== 'client' || asks) return attempt();
    return withoutServer(request, input.flags, interruption.io, attempt, (object) =>
      printObject(toSend(object, options), 'given', { options, input, io }),
    );
  });
}

interface Start extends Omit<Create, 'plan'> {
  readonly request: CreateRequest;
  /** Whether questions are asked. */
  readonly asks: boolean;
}

async function createThere({ request, asks, ...start }: Start): Promise<ExitCode> {
  const { around, input, io, interruption, options } = start;
  // A create is told so by the server; who only tries, or answers questions first, is told before.
  if ((asks || options.dryRun === 'client') && isBare(around)) await warnOfMissingNamespace(around.source, around.namespace, io);
  const taken = request.name === undefined ? undefined : takenName(request.name, around);
  // Who answers questions is told before the first one, and not by the server after the last.
  if (asks && taken !== undefined) throw new CliError(taken, { exitCode: 3, hint: ['  nothing was changed'] });
  const whole = asks ? await interview(request, around, interruption.io) : request;
  if ('ended' in whole) return ending(whole.ended, interruption, io);
  if (!isWhole(whole)) throw new Error('a request lacks what was checked to be there');
  const plan = await derivePlan(whole, around);
  const warnings = (await import('../create/check-object.ts')).checkObject(plan.object, around.version, input.flags, around);
  const command: Create = { ...start, plan };
  const [inTheWay, noRoom] = await Promise.all([childInTheWay(plan, around), quotasWithoutRoom(plan, around)]);
  // A Service that is there already has its place.
  const about = inTheWay === undefined ? noRoom : [inTheWay];
  if (!asks) await preview(command);
  const isTold = taken !== undefined && options.dryRun === 'client' && options.format.kind === 'table';
  const refusedThen = isTold ? [`${taken}: the server would refuse another one`] : [];
  for (const warning of [...warnings, ...about, ...refusedThen]) io.stderr.write(`${sanitize(`Warning: ${warning}`)}\n`);
  if (asks) return decide(command, whole);
  const consent = await consents(command);
  return consent === 0 ? carryOut(command) : consent;
}

/** Nothing is there, which may be for want of the namespace. */
function isBare({ world: { snapshot } }: Surroundings): boolean {
  return itemsOf(snapshot.vmServices).length === 0 && itemsOf(snapshot.vms).length === 0;
}

function carryOut(command: Create): Promise<ExitCode> {
  return command.options.dryRun === 'client' ? rehearse(command) : write(command);
}

/** Asks for everything that is missing. */
async function interview(typed: CreateRequest, around: Surroundings, io: Io): Promise<WholeRequest | Ended> {
  const { askRequest } = await import('../create/ask-request.ts');
  const asked = await askRequest(typed, around, { io, sink: io.stdout });
  return 'ended' in asked ? asked : asked.answer;
}

type Ended = { readonly ended: 'declined' | 'interrupted' };

/** Nothing was written yet, whichever way the questions ended. */
function ending(ended: Ended['ended'], interruption: Interruption, io: Io): ExitCode {
  io.stderr.write(ended === 'interrupted' ? 'interrupted\n  nothing was changed\n' : 'nothing was changed\n');
  return ended === 'interrupted' ? (interruption.exitCode() ?? 130) : 1;
}

/** The last screen: create, save or cancel. */
async function decide(command: Create, request: WholeRequest): Promise<ExitCode> {
  const { plan, options, around, input, io, interruption } = command;
  const terminal = { io: interruption.io, sink: io.stdout };
  const object = toSend(plan.object, options);
  const { askDecision } = await import('../create/interview.ts');
  const asked = await askDecision({ object, plan, request, around, input, dryRun: options.dryRun }, terminal);
  if ('ended' in asked) return ending(asked.ended, interruption, io);
  switch (asked.answer) {
    case 'create':
      return carryOut(command);
    case 'save': {
      const saved = await (await import('../create/save-manifest.ts')).saveManifest(object, plan, terminal);
      return saved === 'interrupted' ? ending(saved, interruption, io) : saved;
    }
    case 'cancel':
      return ending('declined', interruption, io);
  }
}

function refuseMissing(missing: readonly string[], command: string): void {
  if (missing.length === 0) return;
  throw new CliError(`${missing.join(', ')}: ${missing.length === 1 ? 'this is' : 'these are'} missing`, {
    exitCode: 2,
    hint: [
      `  as in: kubectl vmsvc ${examples[command] ?? examples['create']}`,
      '  on a terminal they are asked for',
      `See 'kubectl vmsvc ${command} -h' for help and examples`,
    ],
  });
}

const examples: Readonly<Record<string, string>> = {
  create: 'create web --type=LoadBalancer --port=80:8080 --selector=app=web',
  expose: 'expose vm/web-1 --name=web --type=LoadBalancer --port=80:8080',
};

/** Says whom the service selects, unless stdout is all that is wanted: a manifest of what would be. */
async function preview({ plan, options, around, input, io }: Create): Promise<void> {
  if (options.dryRun !== 'none' && options.format.kind !== 'table') {
    // Nobody is asked in a dry run, and whoever keeps the manifest is to know all the same.
    for (const reason of consentReasons(plan)) io.stderr.write(`${sanitize(`Warning: ${reason}`)}\n`);
    return;
  }
  io.stderr.write(placeText(around));
  io.stderr.write(previewText(plan, io.stderr, await styleFor(io.stderr, input.flags, io)));
}

/** 0 where it may go on. On a terminal labels are asked for as well; in a pipe the flag is a word given. */
async function consents({ plan, options, around, io, interruption }: Create): Promise<ExitCode> {
  const [reason] = consentReasons(plan);
  if (options.dryRun !== 'none' || options.yes) return 0;
  if (!options.terminal && reason !== undefined) {
    throw new CliError(reason, {
      exitCode: 2,
      hint: ['  --yes creates it all the same; --label-vm=KEY=VALUE with --from gives VMs a label of their own', '  nothing was changed'],
    });
  }
  if (reason === undefined && (plan.labels.length === 0 || !options.terminal)) return 0;
  const { askYesNo } = await import('../prompt.ts');
  const answer = await askYesNo(questionText(plan, around), interruption.io, io.stdout);
  return answer === 'yes' ? 0 : ending(answer === 'no' ? 'declined' : 'interrupted', interruption, io);
}

/** Only shows what would be sent: nothing is asked of the server but what is there. */
async function rehearse(command: Create): Promise<ExitCode> {
  const { plan, options, io } = command;
  if (options.format.kind === 'table') for (const { vm } of plan.labels) io.stdout.write(changeLine(refOf(vm), 'labeled', 'client'));
  await printObject(toSend(plan.object, options), 'given', command);
  return 0;
}

/** Labels and creates, or has the server say what would become of that. */
async function write(command: Create): Promise<ExitCode> {
  const { plan, options, around, input, io, interruption } = command;
  const { fieldManager, fieldValidation, format } = options;
  const server = options.dryRun === 'server' ? 'server' : 'none';
  const { cluster } = around.source;
  const object = toSend(plan.object, options);
  if (plan.labels.length > 0 && server === 'none') {
    const refused = await refusal(object, cluster, { dryRun: 'server', fieldManager, fieldValidation });
    if (refused !== undefined) return reportFailure(refused, command);
  }
  interruption.writing();
  const result = await createLabelled(object, plan.labels, {
    cluster,
    write: { dryRun: server, fieldManager, fieldValidation },
    signal: interruption.signal,
    onLabels: (vm, change) => {
      if (format.kind === 'table') io.stdout.write(changeLine(vm, change, server));
    },
  });
  if (result.ended === 'failed') return reportFailure(result, command);
  await printObject(result.object, 'sorted', command);
  if (options.wait !== undefined) {
    const sink = format.kind === 'table' ? io.stdout : io.stderr;
    return waitForCreated(result.object, around, options.wait, input.flags, interruption.io, sink);
  }
  if (options.dryRun === 'none' && !input.flags.on('quiet')) io.stderr.write(nextText(plan, input.flags) ?? '');
  return 0;
}

/** What the server would refuse, it refuses before a VM is touched; unless a webhook with side effects keeps it from trying. */
async function refusal(object: KubeObject, cluster: Cluster, options: WriteOptions): Promise<CreateFailure | undefined> {
  try {
    await cluster.create(object, options);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code === 400 && /does not support dry.?run/i.test(error.message)) return undefined;
    return { ended: 'failed', error, left: [] };
  }
}

/** Why it was not created, and what is left of the labels. */
function reportFailure({ error, left }: CreateFailure, { plan, around, io, interruption }: Create): ExitCode {
  const { kind, metadata } = plan.object;
  const isUnknown = error instanceof UnknownOutcomeError;
  const interrupted = isUnknown ? undefined : interruption.exitCode();
  const { lines, exitCode } =
    error instanceof LabelTakenError || error instanceof OvertakenError
      ? { lines: [`error: ${error.message}`], exitCode: 3 as const }
      : explainError(error, io.argv, { kind, name: metadata.name });
  const said = interrupted === undefined ? lines : ['interrupted'];
  const changed = left.length > 0 || isUnknown ? leftText(left) : ['  nothing was changed'];
  const rights = isWithoutRight(error) ? [`  ${rightsHint(plan.draft.namespace, around.source.access, 'create')}`] : [];
  io.stderr.write(`${[...said, ...changed, ...rights].map(sanitize).join('\n')}\n`);
  return interrupted ?? exitCode;
}

/** Of all that is Forbidden, quotas and namespaces that end for two, what rights would help against. */
function isWithoutRight(error: unknown): boolean {
  return error instanceof ApiError && error.code === 403 && /\bcannot (?:create|patch|get) resource\b/.test(error.message);
}

/** The object, with itself in an annotation where `kubectl apply` is to go on from it. */
function toSend(object: KubeObject, { saveConfig }: CreateOptions): KubeObject {
  if (!saveConfig) return object;
  const { annotations = {} } = object.metadata;
  const saved = `${compactJson(jsonOf({ ...object, metadata: { ...object.metadata, annotations } }))}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: saved } } };
}

/** One line, or the object itself. */
async function printObject(
  object: KubeObject,
  order: FieldOrder,
  { options, input, io }: Pick<Create, 'options' | 'input' | 'io'>,
): Promise<void> {
  const { format, dryRun } = options;
  if (format.kind === 'name') return io.stdout.write(renderNames([object]));
  if (!isDocumentFormat(format)) return io.stdout.write(changeLine(refOf(object), 'created', dryRun));
  const document = objectDocument([object], { single: true, showManagedFields: false });
  await printDocument({ document, order, rows: [] }, format, input.flags, io);
}
