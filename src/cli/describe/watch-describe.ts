import { notFoundError } from '../../cluster/load-snapshot.ts';
import { humanDuration } from '../../core/human-duration.ts';
import { isSeen } from '../../core/snapshot.ts';
import { virtualMachines } from '../../model/resources.ts';
import { absoluteTime } from '../../render/age.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { sanitize } from '../../render/sanitize.ts';
import { plainStyle, type Style } from '../../render/style.ts';
import { isDumb } from '../../render/terminal.ts';
import { changedLines } from '../../render/unified-diff.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import { signalExitCode } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import { isDocumentFormat, printDocument } from '../print-document.ts';
import { reportHoles, reportNotFound } from '../report-gaps.ts';
import { type Scope, type WorldRequest, withScope } from '../scope.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import { needsCluster } from '../watch/needs-cluster.ts';
import { screenOn } from '../watch/screen.ts';
import { troubleNotes } from '../watch/trouble-notes.ts';
import { watchWorld } from '../watch/watch-world.ts';
import { describeDocuments, described, describeText, loadRules, type Rules } from './describe-view.ts';

/**
 * `describe --watch`: on a terminal the lines that change are written over, and the last change stays marked; in a pipe the whole
 * text comes once, and then the lines that go and come; documents come whole, each time.
 */
export async function watchDescribe(
  input: CommandInput,
  { format, request }: { readonly format: OutputFormat; readonly request: WorldRequest },
  io: Io,
): Promise<ExitCode> {
  const { flags } = input;
  needsCluster(flags, '--watch', 'describe');
  if (['name', 'mermaid', 'dot'].includes(format.kind)) throw usageError(`--watch has no -o ${format.kind}`, 'describe');
  const rules = await loadRules();
  return withScope(input, io, request, async (scope) => {
    const shows = isDocumentFormat(format)
      ? documentView(format, rules, flags, io)
      : io.stdout.isTTY && !isDumb(io.env)
        ? screenView(rules, flags, await styleFor(io.stdout, flags, io), io)
        : pipeView(rules, flags, await styleFor(io.stdout, flags, io), io);
    return await follow(scope, request, shows, flags, io);
  });
}

/** Shows one state after the other. */
interface View {
  show(loaded: LoadedWorld): Promise<void>;
  /** Only time has passed. */
  tick(): void;
  trouble(sentence: string | undefined): void;
}

async function follow(scope: Scope, request: WorldRequest, view: View, flags: Flags, io: Io): Promise<ExitCode> {
  let isFirst = true;
  const timer = setInterval(() => view.tick(), 1000);
  const options = { signal: io.signal, onTrouble: (sentence: string | undefined) => view.trouble(sentence) };
  try {
    for await (const loaded of watchWorld(scope, request, options, io)) {
      const code = isFirst ? await reportFirst(loaded, flags, io) : 0;
      if (code !== 0) return code;
      isFirst = false;
      await view.show(loaded);
    }
  } finally {
    clearInterval(timer);
  }
  return signalExitCode(io.signal) ?? 0;
}

/** Without the services themselves, or an object that was asked for, there is nothing to watch. */
async function reportFirst(loaded: LoadedWorld, flags: Flags, io: Io): Promise<ExitCode> {
  if (!isSeen(loaded.world.snapshot.vmServices)) return await reportHoles(loaded, io);
  const shown = described(loaded, flags, loaded.source.now());
  const missing = shown.of === 'vms' ? shown.missing : [];
  const vms = missing.map((name) => ({ name, error: notFoundError(virtualMachines, name) }));
  return worst([reportNotFound(loaded.notFound, io), reportNotFound(vms, io)]);
}

function documentView(format: Parameters<typeof printDocument>[1], rules: Rules, flags: Flags, io: Io): View {
  let isFirst = true;
  return {
    async show(loaded) {
      const now = loaded.source.now();
      for (const document of describeDocuments(described(loaded, flags, now), loaded, rules, flags, now)) {
        if (format.kind === 'yaml' && !isFirst) io.stdout.write('---\n');
        isFirst = false;
        await printDocument({ document, order: 'given', rows: [document] }, format, flags, io);
      }
    },
    tick: () => {},
    trouble: troubleNotes(io),
  };
}

/** The text as it was, told at the later time: what differs then is a change, and not the time that has passed. */
function textAt(loaded: LoadedWorld, rules: Rules, now: Date, flags: Flags, style: Style): string {
  const text = describeText(described(loaded, flags, now), loaded, rules, flags, now, style);
  return text === '' ? 'There is none any more.\n' : text;
}

function pipeView(rules: Rules, flags: Flags, style: Style, io: Io): View {
  let last: LoadedWorld | undefined;
  return {
    async show(loaded) {
      const now = loaded.source.now();
      const text = textAt(loaded, rules, now, flags, style);
      const changes = last === undefined ? [] : changedLines(textAt(last, rules, now, flags, style), text);
      if (last === undefined) io.stdout.write(text);
      else if (changes.length > 0) {
        const lines = changes.map(({ sign, line }) => `${sign} ${line}`);
        io.stdout.write(`\n${absoluteTime(now.toISOString())}\n${lines.join('\n')}\n`);
      }
      last = loaded;
    },
    tick: () => {},
    trouble: troubleNotes(io),
  };
}

function screenView(rules: Rules, flags: Flags, style: Style, io: Io): View {
  const screen = screenOn(io.stdout);
  const plain = plainStyle(style.glyphs.ok !== 'ok');
  let last: LoadedWorld | undefined;
  let before: { readonly loaded: LoadedWorld; readonly at: number } | undefined;
  let trouble: string | undefined;
  const draw = (): void => {
    if (last === undefined || io.signal.aborted) return;
    const now = last.source.now();
    const lines = linesOf(textAt(last, rules, now, flags, style));
    const marked = before === undefined ? lines : marks(lines, before, now);
    screen.draw(marked, trouble === undefined ? undefined : style.warn(sanitize(trouble)));
  };
  /** The lines that the last change brought stand out, and say when that was. */
  const marks = (lines: readonly string[], change: { readonly loaded: LoadedWorld; readonly at: number }, now: Date): readonly string[] => {
    if (last === undefined) return lines;
    const text = textAt(last, rules, now, flags, plain);
    const plainLines = linesOf(text);
    const fresh = new Map<string, number>();
    for (const { sign, line } of changedLines(textAt(change.loaded, rules, now, flags, plain), text)) {
      if (sign === '+') fresh.set(line, (fresh.get(line) ?? 0) + 1);
    }
    const ago = style.dim(`  <- ${humanDuration(Math.max(0, now.getTime() - change.at))} ago`);
    return lines.map((line, index) => (fresh.has(plainLines[index] ?? '') && line !== '' ? `${style.strong(line)}${ago}` : line));
  };
  return {
    async show(loaded) {
      if (last !== undefined) {
        const now = loaded.source.now();
        const isChange = textAt(last, rules, now, flags, plain) !== textAt(loaded, rules, now, flags, plain);
        if (isChange) before = { loaded: last, at: now.getTime() };
      }
      last = loaded;
      draw();
    },
    tick: draw,
    trouble(sentence) {
      trouble = sentence;
      draw();
    },
  };
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}
