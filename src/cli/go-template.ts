import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../model/object.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { privateFolder } from './private-folder.ts';

/**
 * Go templates are rendered by the user's own kubectl, which needs no server for it: the document goes in as a local patch that
 * changes nothing.
 * @throws CliError when there is no kubectl, or when it refuses the template
 */
export async function renderGoTemplate(document: JsonObject, template: string, allowMissingKeys: boolean, io: Io): Promise<string> {
  const folder = privateFolder('vmsvc-template-');
  try {
    const file = join(folder.path, 'template');
    writeFileSync(file, template);
    const output = ['-o', `go-template-file=${file}`, `--allow-missing-template-keys=${allowMissingKeys}`];
    const { items, ...head } = document;
    if (!Array.isArray(items)) return await patched(document, ['-p', '{}'], output, io);
    // kubectl would take a list apart and render its items one by one: it gets them by the patch, and renders the whole.
    const patch = join(folder.path, 'items.json');
    writeFileSync(patch, JSON.stringify({ items }));
    return await patched(head, ['--patch-file', patch], output, io);
  } finally {
    folder.remove();
  }
}

/** Has kubectl parse a template. @throws CliError when there is no kubectl, or when it cannot parse it */
export async function checkGoTemplate(template: string, io: Io): Promise<void> {
  try {
    await renderGoTemplate({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any' } }, template, true, io);
  } catch (error) {
    if (error instanceof CliError && error.message.includes('error executing template')) return;
    throw error;
  }
}

async function patched(document: JsonObject, patch: readonly string[], output: readonly string[], io: Io): Promise<string> {
  const kubectl = io.env.KUBECTL_PATH || 'kubectl';
  const child = spawn(kubectl, ['patch', '--local', '--type=merge', ...patch, '-f', '-', ...output], {
    cwd: io.cwd,
    env: { ...io.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: io.signal,
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // A kubectl that refuses the template may close its stdin first.
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(document));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new CliError(`cannot render the Go template: ${kubectl} could not be started: ${cause.message}`, { exitCode: 3, cause })),
    );
    child.on('close', resolve);
  });
  if (code !== 0) {
    const said = Buffer.concat(err)
      .toString()
      .trim()
      .replace(/^error: /, '');
    throw new CliError(`kubectl could not render the Go template: ${said}`, { exitCode: 2 });
  }
  return Buffer.concat(out).toString();
}
