import { type FindingCode, findingWords } from './finding-codes.ts';

/** The hundreds of the codes: what each is about, in the order in which traffic would meet it. */
export const familyTitles = {
  VMS1: 'Spec and admission',
  VMS2: 'Selection, and the life of the VMs',
  VMS3: 'Addresses and readiness of VMs',
  VMS4: 'The child Service',
  VMS5: 'Endpoints and EndpointSlices',
  VMS6: 'The load balancer',
  VMS7: 'Reachability',
  VMS8: 'Mirrors in other clusters',
  VMS9: 'Ownership, rights, versions, environment',
} as const;

export type Family = keyof typeof familyTitles;

/** The codes of one family. */
export type CodeOf<F extends Family> = Extract<FindingCode, `${F}${string}`>;

/** Every code, ascending. */
export const findingCodes: readonly FindingCode[] = Object.keys(findingWords).filter(isFindingCode).sort();

export const families: readonly Family[] = Object.keys(familyTitles).filter(isFamily);

/** @throws Error for a code without a family: none is declared */
export function familyOf(code: FindingCode): Family {
  const family = code.slice(0, 'VMS1'.length);
  if (isFamily(family)) return family;
  throw new Error(`${code} belongs to no family`);
}

function isFindingCode(text: string): text is FindingCode {
  return Object.hasOwn(findingWords, text);
}

function isFamily(text: string): text is Family {
  return Object.hasOwn(familyTitles, text);
}
