import type { Flags } from './spec.ts';

/** The flags that were given to say which cluster, and as whom; secrets are nobody's to print. */
export function accessWords(flags: Flags): readonly string[] {
  return [
    ...accessTexts.flatMap((flag) => (flags.given(flag) ? [`--${flag}=${flags.text(flag) ?? ''}`] : [])),
    ...['as-group', 'as-user-extra'].flatMap((flag) => flags.list(flag).map((value) => `--${flag}=${value}`)),
    ...(flags.on('insecure-skip-tls-verify') ? ['--insecure-skip-tls-verify'] : []),
  ];
}

const accessTexts: readonly string[] = [
  'context',
  'cluster',
  'user',
  'kubeconfig',
  'server',
  'client-certificate',
  'client-key',
  'certificate-authority',
  'tls-server-name',
  'as',
  'as-uid',
];
