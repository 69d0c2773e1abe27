/** Every word for a service, in the order in which they are tried: the first that holds. */
export const serviceStatuses = [
  'Deleting',
  'Unknown',
  'NoService',
  'NoVMs',
  'NoEndpoints',
  'NoAddress',
  'Pending',
  'Drift',
  'Degraded',
  'OK',
] as const;

export type ServiceStatus = (typeof serviceStatuses)[number];
