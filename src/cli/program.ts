import type { CommandSpec } from './spec.ts';
import { bundleCommand } from './specs/bundle.ts';
import { canICommand } from './specs/can-i.ts';
import { completionCommand } from './specs/completion.ts';
import { convertCommand } from './specs/convert.ts';
import { createCommand } from './specs/create.ts';
import { debugCommand } from './specs/debug.ts';
import { deleteCommand } from './specs/delete.ts';
import { describeCommand } from './specs/describe.ts';
import { diffCommand } from './specs/diff.ts';
import { eventsCommand } from './specs/events.ts';
import { explainCommand } from './specs/explain.ts';
import { getCommand } from './specs/get.ts';
import { nudgeCommand } from './specs/nudge.ts';
import { optionsCommand } from './specs/options.ts';
import { reconcileCommand } from './specs/reconcile.ts';
import { sandboxCommand } from './specs/sandbox.ts';
import { validateCommand } from './specs/validate.ts';
import { versionCommand } from './specs/version.ts';
import { vmsCommand } from './specs/vms.ts';
import { waitCommand } from './specs/wait.ts';

/** Every command, in the order of the root help. */
export const commands: readonly CommandSpec[] = [
  createCommand,
  convertCommand,
  getCommand,
  vmsCommand,
  deleteCommand,
  describeCommand,
  eventsCommand,
  debugCommand,
  explainCommand,
  validateCommand,
  waitCommand,
  canICommand,
  diffCommand,
  reconcileCommand,
  nudgeCommand,
  bundleCommand,
  sandboxCommand,
  completionCommand,
  optionsCommand,
  versionCommand,
];
