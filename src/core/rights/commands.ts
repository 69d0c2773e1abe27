/** The commands that take rights, in the order in which they are listed. */
export const rightsCommands = [
  'get',
  'describe',
  'vms',
  'events',
  'debug',
  'bundle',
  'probe',
  'validate',
  'overlay',
  'wait',
  'create',
  'convert',
  'delete',
  'diff',
  'nudge',
  'reconcile',
  'undo',
  'orphans',
] as const;
export type RightsCommand = (typeof rightsCommands)[number];
