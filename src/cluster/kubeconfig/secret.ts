const hidden = '[hidden]';

/**
 * A token, key or password on its way to the server. Printing it, logging it or turning it into JSON gives `[hidden]`;
 * only `reveal` gives the text, and only the transport and the credential readers call it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}
