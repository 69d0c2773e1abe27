import type { EndpointSlice } from '../model/service.ts';

/** The label that says who keeps a slice; empty where nothing does. */
export function sliceManagerOf({ metadata }: EndpointSlice): string {
  return metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '';
}

/** Whether Kubernetes made it of Endpoints. */
export function isMirrored(slice: EndpointSlice): boolean {
  return sliceManagerOf(slice) === 'endpointslicemirroring-controller.k8s.io';
}

/** Whether Kubernetes made it of the pods that a Service selects. */
export function isMadeOfPods(slice: EndpointSlice): boolean {
  return sliceManagerOf(slice) === 'endpointslice-controller.k8s.io';
}
