import type { JsonObject } from '../../model/object.ts';
import type { ProfileTraits } from '../profile.ts';

/** What the webhook knows besides the object. */
export interface WebhookContext {
  readonly traits: ProfileTraits;
  /** The capability `supports_workload_ipv6`. */
  readonly workloadIPv6: boolean;
  /** Where the object would go, when it does not say so itself. */
  readonly namespace: string | undefined;
  /** The stored object of an update; without it the object is created. */
  readonly old?: JsonObject;
}
