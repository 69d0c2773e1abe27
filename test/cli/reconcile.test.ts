import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { testIo } from '../support/test-io.ts';

/** Command lines that are wrong before anything is looked at. */
const wrong: readonly (readonly [command: string, sentence: string])[] = [
  ['reconcile web', 'this tool does not loop; say --once'],
  ['reconcile web --once=false', 'this tool does not loop; say --once'],
  ['reconcile --once -l=', '-l "": must be a label query, as in app=web; an empty one would find every VirtualMachineService'],
  ['reconcile --once -n=', 'say what to reconcile: a NAME, -l SELECTOR, -n NAMESPACE for all of a namespace, or -A for all namespaces'],
  ['reconcile --once', 'say what to reconcile: a NAME, -l SELECTOR, -n NAMESPACE for all of a namespace, or -A for all namespaces'],
  ['reconcile web --once --dry-run=maybe', '--dry-run "maybe": must be one of none, client, server'],
  ['reconcile vm/web-1 --once', 'reconcile works on VirtualMachineServices: kubectl vmsvc describe vm/web-1 names those of a VM'],
  ['diff vm/web-1', 'diff works on VirtualMachineServices: kubectl vmsvc describe vm/web-1 names those of a VM'],
  ['reconcile web -f web.yaml --once', '-f names the objects: give it without names, -A and -l'],
  ['reconcile -A -f web.yaml --once', '-f names the objects: give it without names, -A and -l'],
  ['diff -l app=web -f web.yaml', '-f names the objects: give it without names, -A and -l'],
  ['reconcile web --once --offline -f w.yaml --dry-run=server', '--dry-run=server needs a server, and --offline has none'],
  ['reconcile web --once --bundle b.tgz --dry-run=server', '--dry-run=server needs a server, and --bundle has none'],
  ['reconcile --undo before.json --bundle b.tgz', '--undo takes its objects from the file: give it without --bundle'],
  ['nudge web --bundle b.tgz', 'nudge needs a controller that runs, and --bundle has none'],
  ['delete web --bundle b.tgz', 'delete needs a cluster, and --bundle has none'],
  ['reconcile web --once -A', 'a resource cannot be retrieved by name across all namespaces'],
  [
    'reconcile web --once -o unified',
    'unable to match a printer suitable for the output format "unified", allowed formats are: json,name,yaml',
  ],
  ['diff web -o wide', 'unable to match a printer suitable for the output format "wide", allowed formats are: json,name,unified,yaml'],
  ['reconcile web --once --dry-run=server --wait', 'a dry run writes nothing that --wait could wait for'],
  ['reconcile web --once --offline -f w.yaml --wait=address', 'a dry run writes nothing that --wait could wait for'],
  ['reconcile web --once --as-controller=perhaps', '--as-controller "perhaps": must be true or false'],
];

for (const [command, sentence] of wrong) {
  test(`kubectl vmsvc ${command} is refused`, async () => {
    const io = testIo(command.split(' '));
    assert.equal(await run(io), 2);
    const [name] = command.split(' ', 1);
    assert.deepEqual([io.out(), io.err()], ['', `error: ${sentence}\nSee 'kubectl vmsvc ${name} -h' for help and examples\n`]);
  });
}
