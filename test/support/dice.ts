import { randomFrom } from './random.ts';

/** Draws for generators: the same seed gives the same draws on every machine. */
export interface Dice {
  /** One of them. */
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** True about `part` times of 1. */
  chance(part: number): boolean;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** An object with some of the fields, each drawn when it is taken. `part` of 1 are. */
  some<T>(part: number, fields: Readonly<Record<string, () => T>>): Record<string, T>;
}

export function diceFrom(seed: number): Dice {
  const random = randomFrom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const chance = (part: number) => random() < part;
  return {
    below,
    chance,
    pick([first, ...rest]) {
      const at = below(rest.length + 1);
      return at === 0 ? first : (rest[at - 1] ?? first);
    },
    some: (part, fields) =>
      Object.fromEntries(
        Object.entries(fields)
          .filter(() => chance(part))
          .map(([field, draw]) => [field, draw()]),
      ),
  };
}
