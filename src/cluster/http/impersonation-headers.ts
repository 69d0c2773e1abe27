import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';

/** As client-go spells them; keys of extra fields become part of a header's name, percent-encoded. */
export function impersonationHeaders({ impersonate }: ClusterAccess): Record<string, string | string[]> {
  const { user, uid, groups, extra } = impersonate;
  if (user === undefined) return {};
  return {
    'Impersonate-User': user,
    ...(uid === undefined ? {} : { 'Impersonate-Uid': uid }),
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': [...groups] }),
    ...Object.fromEntries([...extra].map(([key, values]) => [`Impersonate-Extra-${headerKey(key)}`, [...values]])),
  };
}

/** Lower case like every header name; what a header name may not hold, and the percent sign, are encoded. */
function headerKey(key: string): string {
  return Buffer.from(key.toLowerCase()).reduce(
    (encoded, byte) =>
      encoded +
      (/[!#$&'*+\-.^_`|~\da-z]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`),
    '',
  );
}
