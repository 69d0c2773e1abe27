import { advice } from '../finding.ts';
import { found } from './found.ts';
import { mirrorRule, ownAddresses } from './mirror-rule.ts';

/** VMS806: the copy cannot be mended with the rights there. */
export const mirrorNotPermitted = mirrorRule('VMS806', 'error', (subject, mirrors) => {
  const broken = mirrors.filter(
    ({ place, addresses }) => place.mayWrite === false && !addresses.every((address) => ownAddresses(subject).includes(address)),
  );
  const [first] = broken;
  if (first === undefined) return [];
  return [
    found(
      'VMS806',
      'error',
      'certain',
      first.endpoints,
      `You may not write Endpoints in ${first.place.context ?? first.endpoints.metadata.namespace ?? ''}`,
      {
        evidence: ['access review: create endpoints is denied'],
        fix: [advice('ask for create and patch on endpoints there')],
      },
    ),
  ];
});
