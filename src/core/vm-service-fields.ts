/** The fields of a VirtualMachineService of the newest version, by where they stand: `[]` is any item of a list. */
export const vmServiceFields: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['apiVersion', 'kind', 'metadata', 'spec', 'status']],
  // Of metadata only what a manifest may say.
  ['metadata', ['name', 'generateName', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences']],
  [
    'spec',
    [
      'type',
      'ports',
      'selector',
      'loadBalancerIP',
      'loadBalancerSourceRanges',
      'clusterIp',
      'externalName',
      'ipFamilies',
      'ipFamilyPolicy',
    ],
  ],
  ['spec.ports.[]', ['name', 'protocol', 'port', 'targetPort']],
]);
