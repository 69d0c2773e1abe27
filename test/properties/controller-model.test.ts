import { test } from 'node:test';
import fc from 'fast-check';
import { propertyOptions } from '../support/arbitraries.ts';
import { engineAgreesWithModel, someReconcileCase } from '../support/engine-against-model.ts';

test('in any world the engine and the model of the controller, which share nothing, do the same and say the same', async () => {
  await fc.assert(fc.asyncProperty(someReconcileCase, engineAgreesWithModel), propertyOptions(200));
});
