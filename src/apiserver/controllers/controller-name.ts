/** What may run besides the storage. Namespaces that are deleted are always emptied. */
export const controllerNames = ['garbage-collector', 'endpointslice-mirroring', 'load-balancer', 'resource-quota'] as const;

export type ControllerName = (typeof controllerNames)[number];
