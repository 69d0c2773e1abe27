import { advice } from '../finding.ts';
import { itemsOf } from '../snapshot.ts';
import { found } from './found.ts';
import { mirrorName } from './mirror-place.ts';
import type { NamespaceRule } from './rule.ts';
import type { NamespaceSubject } from './subject.ts';

/** VMS807: what a copy is made of does not exist any more. */
export const mirrorSourceGone: NamespaceRule = {
  about: 'namespace',
  code: 'VMS807',
  worst: 'error',
  needs: ['vmServices'],
  applies: ({ around }) => around.mirrors.length > 0,
  find: ({ namespace, around }: NamespaceSubject) => {
    const names = new Set(itemsOf(around.world.snapshot.vmServices).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
    return around
      .copies()
      .all.filter(({ source = '' }) => source.startsWith(`${namespace}/`) && !names.has(source))
      .map((mirror) =>
        found(
          'VMS807',
          'error',
          'certain',
          mirror.endpoints,
          `The source of mirror ${mirrorName(mirror)} is gone: ${mirror.source ?? ''}`,
          {
            evidence: [`there is no VirtualMachineService ${mirror.source ?? ''}`],
            fix: [advice('delete the mirror, or point it at another service')],
          },
        ),
      );
  },
};
