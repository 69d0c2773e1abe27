import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PrivateFolder {
  readonly path: string;
  /** With all that is in it. Safe to call twice. */
  remove(): void;
}

/** A new folder among the temporary ones that nobody else can look into. */
export function privateFolder(prefix: string): PrivateFolder {
  const path = mkdtempSync(join(tmpdir(), prefix));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
