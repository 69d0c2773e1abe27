import { editDistance } from './edit-distance.ts';
import { type FindingCode, findingWords } from './finding-codes.ts';
import { findingCodes } from './finding-family.ts';

/**
 * The codes that somebody means: `VMS301`, `vms-301`, `301`, its word in any letter case, or many at once as `VMS3`, `3xx`, `VMS30*`.
 * Empty when it means none.
 */
export function codesNamed(text: string): readonly FindingCode[] {
  const wanted = text.toLowerCase().replace(/[:,.]$/, '');
  const match = /^(?:vms[- ]?)?([1-9]\d{0,2})(x{1,2}|\*)?$/.exec(wanted);
  if (match === null) return findingCodes.filter((code) => findingWords[code].toLowerCase() === wanted);
  const [, digits = '', rest = ''] = match;
  const whole = !rest.startsWith('x') || digits.length + rest.length === 3;
  return whole ? findingCodes.filter((code) => numberOf(code).startsWith(digits)) : [];
}

/** Codes whose number or word is near to a text that names none; at most five, the nearest first. */
export function codesNear(text: string): readonly FindingCode[] {
  const wanted = text
    .toLowerCase()
    .replace(/^vms[- ]?(?=\d)/, '')
    // Letters that look like digits.
    .replace(/^(?=.*\d)[\doil]{2,4}$/, (digits) => digits.replaceAll('o', '0').replaceAll(/[il]/g, '1'));
  const distances = findingCodes.map((code) => ({ code, distance: distanceOf(wanted, code) }));
  return distances
    .filter(({ distance }) => distance < Number.POSITIVE_INFINITY)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, 5)
    .map(({ code }) => code);
}

function distanceOf(wanted: string, code: FindingCode): number {
  if (/^\d+$/.test(wanted)) return numberDistance(wanted, numberOf(code));
  const word = findingWords[code].toLowerCase();
  // Whole texts are pasted here, and a distance costs the product of the lengths.
  if (wanted.length < 3 || wanted.length > 60) return Number.POSITIVE_INFINITY;
  if (word.includes(wanted)) return 0;
  const distance = editDistance(wanted, word);
  return distance <= Math.max(2, word.length / 4) ? distance : Number.POSITIVE_INFINITY;
}

/** Numbers that a slip of one key makes, the next ones first. */
function numberDistance(wanted: string, number: string): number {
  return editDistance(wanted, number) <= 1 ? Math.abs(Number(wanted) - Number(number)) : Number.POSITIVE_INFINITY;
}

function numberOf(code: FindingCode): string {
  return code.slice('VMS'.length);
}
