/**
 * Tests that run commands in their own process, and a server beside them. In one process all of them take little more than half of the
 * time that they take each in its own: what the first ones made Node compile is there for the others. What starts processes, or waits
 * for long, has no place here.
 */
export const filesOfCommands: readonly string[] = [
  'integration/all-namespaces-denied.test.ts',
  'integration/debug-common-cause.test.ts',
  'integration/debug-watch-rights.test.ts',
  'integration/debug.test.ts',
  'integration/delete.test.ts',
  'integration/deleted-definition.test.ts',
  'integration/every-refusal.test.ts',
  'integration/events.test.ts',
  'integration/examples.test.ts',
  'integration/exit-codes.test.ts',
  'integration/hostile-worlds.test.ts',
  'integration/read-rights.test.ts',
  'integration/reconcile-many.test.ts',
  'integration/reconcile-undo.test.ts',
  'integration/reconcile.test.ts',
  'integration/refusals.test.ts',
  'integration/rights.test.ts',
  'integration/sandbox-http.test.ts',
  'integration/scenarios-http.test.ts',
  'integration/several-interfaces.test.ts',
  'integration/spec-told.test.ts',
  'integration/take-back-refusals.test.ts',
  'integration/unseen-namespace.test.ts',
  'integration/validate-live.test.ts',
  'reliability/conflicts.test.ts',
  'reliability/interruptions.test.ts',
  'reliability/matrix.test.ts',
  'reliability/refused-writes.test.ts',
  'reliability/rehearsal.test.ts',
  'reliability/spec-scenarios.test.ts',
  'reliability/unknown-outcome.test.ts',
  'reliability/writes.test.ts',
];
