import { advice, type Fix } from '../finding.ts';

/**
 * How to see in the guest what is published under a key: `vmware-rpctool 'info-get guestinfo.ready'`. Nothing for a key that would be
 * more than a word to a shell: it comes from the cluster.
 *
 * @param key with its prefix
 */
export function guestInfoLookup(key: string): readonly Fix[] {
  return /^[\w.-]+$/.test(key) ? [advice(`in the guest: vmware-rpctool 'info-get ${key}'   (what is there?)`)] : [];
}
