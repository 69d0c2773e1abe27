import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { JsonObject, KubeObject, ObjectRef } from '../../model/object.ts';
import { errorCode } from '../error-code.ts';
import { printJson } from '../json.ts';
import { beforeLine, leftLine } from './saved-state.ts';
import { writeNewFile } from './whole-file.ts';

/** The file of `--save-before` while a run goes on. */
export interface StateFile {
  /** Ends when the line is safe on the disk. @throws what node:fs throws; nothing may be written then */
  before(ref: ObjectRef, object: KubeObject | undefined): Promise<void>;
  /** Does not wait: a line that could not be written is `failed`. */
  left(ref: ObjectRef, object: KubeObject | undefined): void;
  /** Why a line could not be written; undefined while all could. */
  failed(): unknown;
  /** Waits for all lines. Safe to call twice. */
  close(): Promise<void>;
  /** Takes the file away: nothing was written to the cluster. */
  discard(): Promise<void>;
}

/** What an earlier run may still be undone by is never overwritten. */
export class FileExistsError extends Error {
  constructor() {
    super('it exists, and may be what an earlier run can be undone with: name another file');
    this.name = 'FileExistsError';
  }
}

/**
 * Begins the file with its head, and blanks behind it that lines will take the place of: a disk without room for them says so now,
 * and not when half of the work is done. Blanks at the end are no line, so that a file that nobody ended can be read.
 *
 * @param room how many bytes the lines will likely have
 * @throws FileExistsError, and what node:fs throws: then nothing may be written to the cluster
 */
export async function beginStateFile(path: string, head: JsonObject, room: number): Promise<StateFile> {
  const text = Buffer.from(`${printJson(head)}\n`);
  try {
    writeNewFile(path, Buffer.concat([text, Buffer.alloc(room, ' ')]));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new FileExistsError();
    throw error;
  }
  return new LineWriter(path, await open(path, 'r+'), text.length);
}

interface Waiting {
  readonly text: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Lines that come while others are being written go to the disk together: one wait for many services at once. */
class LineWriter implements StateFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;
  /** Where the next line begins. */
  #end: number;
  #failure: { readonly error: unknown } | undefined;

  constructor(path: string, handle: FileHandle, end: number) {
    this.#path = path;
    this.#handle = handle;
    this.#end = end;
  }

  before(ref: ObjectRef, object: KubeObject | undefined): Promise<void> {
    return this.#append(beforeLine(ref, object));
  }

  left(ref: ObjectRef, object: KubeObject | undefined): void {
    this.#append(leftLine(ref, object)).catch(() => {});
  }

  failed(): unknown {
    return this.#failure?.error;
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#handle.truncate(this.#end);
    } finally {
      await this.#handle.close();
    }
  }

  async discard(): Promise<void> {
    await this.close();
    rmSync(this.#path, { force: true });
  }

  #append(text: string): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ text, done, failed });
      this.#writing ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        // Behind a line that was cut off no other can be read.
        if (this.#failure !== undefined) throw this.#failure.error;
        await this.#put(Buffer.from(batch.map(({ text }) => text).join('')));
        await this.#handle.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        this.#failure ??= { error };
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = undefined;
  }

  async #put(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, from, bytes.length - from, this.#end);
      from += bytesWritten;
      this.#end += bytesWritten;
    }
  }
}
