import type { JsonObject } from '../../model/object.ts';
import type { ExitCode, Io } from '../io.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import type { CommandInput } from '../spec.ts';
import { toolVersion } from '../tool-version.ts';

/** This tool's version, and what it runs on: what a bug report needs. */
export async function version({ flags }: CommandInput, io: Io): Promise<ExitCode> {
  const format = outputFormat(flags, ['json', 'yaml'], 'version');
  const { node, platform, arch } = io.runtime;
  if (isDocumentFormat(format)) {
    const document: JsonObject = { apiVersion: 'vmsvc/v1', kind: 'Version', toolVersion, node, platform: `${platform}/${arch}` };
    await printDocument({ document, order: 'given', rows: [document] }, format, flags, io);
    return 0;
  }
  io.stdout.write(`kubectl-vmsvc ${toolVersion} (Node ${node}, ${platform}/${arch})\n`);
  return 0;
}
