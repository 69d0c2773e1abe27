/** What a VM of the namespace is to a service, in one word, as reports have it. */
export const vmStates = ['Ready', 'NotReady', 'Out', 'Stale', 'NotSelected'] as const;

export type VmState = (typeof vmStates)[number];

/** The same of a VM that stands behind the service. */
export type MemberState = Exclude<VmState, 'NotSelected'>;
