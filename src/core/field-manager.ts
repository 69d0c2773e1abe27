/** Who wrote a field, as far as this program did: `managedFields` of an object name it so. */
export const ownFieldManager = 'kubectl-vmsvc';
