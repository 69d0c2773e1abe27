import { invalid } from '../field-errors.ts';
import { goQuote } from '../go-quote.ts';
import { labelValue, qualifiedName } from '../name-rules.ts';
import type { ProfileTraits } from '../profile.ts';
import { at } from '../validation/refusal.ts';
import type { Refused } from './refused.ts';

export function selectorRefusals(selector: ReadonlyMap<string, string>, traits: ProfileTraits): readonly Refused[] {
  const words = (text: string): string => (traits.gatesIpFamilies ? inNewWords(text) : text);
  return [...selector.keys()].sort().flatMap((key): Refused[] => {
    const value = selector.get(key) ?? '';
    return [
      ...qualifiedName(key).map((text): Refused => {
        const error = invalid('spec.selector', goQuote(key), words(text));
        return { code: 'VMS119', error, at: at(['spec', 'selector', key], 'key'), fix: 'no VM can have such a label: correct the key' };
      }),
      ...labelValue(value).map((text): Refused => {
        const error = invalid('spec.selector', goQuote(value), words(text));
        return { code: 'VMS119', error, at: at(['spec', 'selector', key]), fix: 'no VM can have such a label: correct the value' };
      }),
    ];
  });
}

/** As the newest Kubernetes libraries put it. */
function inNewWords(text: string): string {
  return text
    .replace(/must be no more than (\d+) characters$/, 'must be no more than $1 bytes')
    .replace(/^a qualified name /, 'a valid label key ');
}
