import type { IncomingHttpHeaders } from 'node:http';
import type { HeldWarnings } from '../held-warnings.ts';
import { isEndpointsDeprecation, warningTexts } from './warning-header.ts';

/** What a server says beside its answers, in their headers: what time it is, and warnings, of which each text is told once in a run. */
export class AnswerNotices {
  readonly #onWarning: (text: string) => void;
  readonly #told = new Set<string>();
  #serverTime: Date | undefined;

  constructor(onWarning: (text: string) => void) {
    this.#onWarning = onWarning;
  }

  /** From the newest Date header. */
  get serverTime(): Date | undefined {
    return this.#serverTime;
  }

  /** @param held keeps the warnings back */
  notice({ date = '', warning }: IncomingHttpHeaders, held: HeldWarnings | undefined): void {
    const time = Date.parse(date);
    if (!Number.isNaN(time)) this.#serverTime = new Date(time);
    for (const text of warning === undefined ? [] : warningTexts(warning)) {
      if (held === undefined) this.#tell(text);
      else held.add(() => this.#tell(text));
    }
  }

  #tell(text: string): void {
    if (this.#told.has(text) || isEndpointsDeprecation(text)) return;
    this.#told.add(text);
    this.#onWarning(text);
  }
}
