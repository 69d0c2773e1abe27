import type { EndpointSlice } from '../model/service.ts';

/** The label that says who keeps a slice; empty where nothing does. */
function sliceManagerOf({ metadata }: EndpointSlice): string {
  return metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '';
}

/** Whether Kubernetes made it of Endpoints. */
export function isMirrored(slice: EndpointSlice): boolean {
  return sliceManagerOf(slice) === 'endpointslicemirroring-controller.k8s.io';
}
