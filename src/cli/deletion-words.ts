import type { ProfileTraits } from '../core/profile.ts';
import { type Holder, holdersOf } from '../core/stuck-deletion.ts';
import type { KubeObject } from '../model/object.ts';
import { ageOf } from '../render/age.ts';
import { pasteableCommand } from '../render/shell-quote.ts';

/**
 * Why an object that was deleted is still there, and nothing for one that was not: whose each finalizer is, and what to do about it, a line
 * each and indented. Beware: the caller makes them safe for a terminal. Taking a finalizer off by hand is never the advice: what it stands
 * for, such as the address at the load balancer, would stay behind.
 * @param access the words that say which cluster, and as whom, for commands to paste
 */
export function heldLines(object: KubeObject, traits: ProfileTraits, now: Date, access: readonly string[]): readonly string[] {
  const { deletionTimestamp, namespace = '', name } = object.metadata;
  const holders = holdersOf(object, traits);
  const what = `${object.kind}/${name}`;
  if (deletionTimestamp === undefined) return [];
  if (holders.length === 0) return [`  ${what} is on its way out, and nothing holds it any more`];
  const since = `  ${what} is being deleted for ${ageOf(deletionTimestamp, now)}, held by`;
  return [since, ...holders.flatMap((holder) => holderLines(holder, { namespace, name, access }))];
}

interface HeldPlace {
  readonly namespace: string;
  readonly name: string;
  readonly access: readonly string[];
}

function holderLines({ finalizer, owner }: Holder, { namespace, name, access }: HeldPlace): readonly string[] {
  switch (owner) {
    case 'VM Operator': {
      const reconcile = pasteableCommand(
        ['kubectl', 'vmsvc', 'reconcile', name, '-n', namespace, ...access, '--once', '--as-controller'],
        [namespace, name],
      );
      return [
        `    ${finalizer}  of VM Operator, which deletes the Service and the Endpoints first: is it running? (VMS112)`,
        ...(reconcile === undefined ? [] : [`      do its work from here, with the rights to delete them:  ${reconcile}`]),
      ];
    }
    case 'another release of VM Operator':
      return [
        `    ${finalizer}  of a newer VM Operator: the release that runs here does not know it, and leaves it`,
        '      VM Operator takes it off when it is that new again: ask the platform owner (VMS112)',
      ];
    case 'load balancer':
      return [
        `    ${finalizer}  of the load balancer, which gives the address back; that can take minutes`,
        '      if it does not end, ask the platform owner: taken off by hand, the address stays in use (VMS407)',
      ];
    case 'Cluster API':
      return [`    ${finalizer}  of Cluster API, whose cluster has to go first`];
    case 'garbage collector':
      return [`    ${finalizer}  of the garbage collector: what it owns goes first`];
    case 'unknown':
      return [`    ${finalizer}  of a controller that this tool does not know: ask whoever runs it`];
  }
}
