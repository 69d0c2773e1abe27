import { dirname, isAbsolute, resolve } from 'node:path';
import { type FieldPath, fieldText } from '../../model/field-path.ts';
import type { Position } from '../files/text-document.ts';
import { KubeconfigError } from './kubeconfig-error.ts';

/** A file's content: as data in the kubeconfig, or by its absolute path. Data counts when both are there. */
export interface DataOrFile {
  readonly data?: Uint8Array;
  readonly file?: string;
}

/** A parsed kubeconfig file: its value, and where each field stands. */
export interface KubeconfigText {
  /** As it was named; relative paths inside are relative to its folder. */
  readonly path: string;
  /** Absolute. */
  readonly absolutePath: string;
  readonly value: unknown;
  positionOf(path: FieldPath): Position;
}

/**
 * Typed access to one mapping of a kubeconfig file; null and absent are the same, as in Go.
 * @throws KubeconfigError, from every reader, for a field of the wrong type
 */
export class Fields {
  readonly #file: KubeconfigText;
  readonly #path: FieldPath;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(file: KubeconfigText, value: unknown, path: FieldPath) {
    this.#file = file;
    this.#path = path;
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      throw this.#wrongAt(path, 'must be a mapping');
    }
    this.#fields = new Map(Object.entries(value ?? {}));
  }

  /** What is wrong with a field, with its place in the file. */
  wrong(name: string, problem: string): KubeconfigError {
    return this.#wrongAt([...this.#path, name], problem);
  }

  has(name: string): boolean {
    return (this.#fields.get(name) ?? undefined) !== undefined;
  }

  names(): string[] {
    return [...this.#fields.keys()];
  }

  value(name: string): unknown {
    return this.#fields.get(name);
  }

  text(name: string): string | undefined {
    const found = this.#fields.get(name) ?? undefined;
    if (found === undefined || typeof found === 'string') return found;
    const what = typeof found === 'object' ? 'a list or a mapping' : `the ${typeof found} that stands there: put it in quotes`;
    throw this.wrong(name, `must be text, not ${what}`);
  }

  texts(name: string): string[] {
    return this.#list(name).map((item, index) => {
      if (item !== null && typeof item !== 'string') throw this.#wrongAt([...this.#path, name, index], 'must be text: put it in quotes');
      return item ?? '';
    });
  }

  flag(name: string): boolean {
    const found = this.#fields.get(name) ?? false;
    if (typeof found !== 'boolean') throw this.wrong(name, 'must be true or false');
    return found;
  }

  /** Absolute; undefined when empty. */
  file(name: string): string | undefined {
    const found = this.text(name);
    return found === undefined || found === '' ? undefined : this.resolved(found);
  }

  /** Against the folder of this file. */
  resolved(path: string): string {
    return isAbsolute(path) ? path : resolve(dirname(this.#file.absolutePath), path);
  }

  dataOrFile(name: string): DataOrFile {
    const encoded = this.text(`${name}-data`) ?? '';
    const path = this.file(name);
    if (!/^[A-Za-z\d+/\s]*={0,2}\s*$/.test(encoded)) throw this.wrong(`${name}-data`, 'must be base64');
    return {
      ...(encoded === '' ? {} : { data: Buffer.from(encoded, 'base64') }),
      ...(path === undefined ? {} : { file: path }),
    };
  }

  child(name: string): Fields {
    return new Fields(this.#file, this.#fields.get(name), [...this.#path, name]);
  }

  items(name: string): Fields[] {
    return this.#list(name).map((item, index) => new Fields(this.#file, item, [...this.#path, name, index]));
  }

  #list(name: string): readonly unknown[] {
    const found = this.#fields.get(name) ?? [];
    if (!Array.isArray(found)) throw this.wrong(name, 'must be a list');
    return found;
  }

  #wrongAt(place: FieldPath, problem: string): KubeconfigError {
    const { line, column } = this.#file.positionOf(place);
    return new KubeconfigError(
      `${this.#file.path}:${line}:${column}: ${place.length === 0 ? 'the kubeconfig' : fieldText(place)} ${problem}`,
    );
  }
}
