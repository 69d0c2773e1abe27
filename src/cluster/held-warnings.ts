/** Warnings of answers that may not count: they are told when it turns out that they do, and otherwise never. */
export class HeldWarnings {
  #held: (() => void)[] | undefined = [];

  /** Tells one, now or later. */
  add(tell: () => void): void {
    if (this.#held === undefined) tell();
    else this.#held.push(tell);
  }

  /** From now on they are told. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tell of held) tell();
  }
}
