import type { FindingCode } from '../finding-codes.ts';

/** What follows where a VM is left out; it explains something only where no other VM is an endpoint. */
export const leftOut: readonly FindingCode[] = ['VMS501', 'VMS505', 'VMS614'];
