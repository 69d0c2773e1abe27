import type { DryRun } from '../core/reconcile-report.ts';

/** What kubectl puts behind what was done where it was only tried. */
export const dryRunSuffix: Readonly<Record<DryRun, string>> = { none: '', client: ' (dry run)', server: ' (server dry run)' };
