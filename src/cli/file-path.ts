import { isAbsolute, join } from 'node:path';
import type { Io } from './io.ts';

/** A file of the command line, from the folder that it was typed in. */
export function filePath(io: Pick<Io, 'cwd'>, name: string): string {
  return isAbsolute(name) ? name : join(io.cwd, name);
}
