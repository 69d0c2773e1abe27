import type { ServerConfig } from '../config.ts';
import type { ApiRequest, StoreEvent } from '../request.ts';
import type { State } from '../store.ts';

export type ControllerRequest = Omit<ApiRequest, 'now' | 'newUid'>;

export interface ControllerTools {
  readonly config: ServerConfig;
  /** RFC 3339, whole seconds. */
  readonly now: string;
  readonly newUid: () => string;
}

/**
 * One step of a controller: what it wants done about the events, given the state after them. Pure but for the uids it draws.
 * It is asked again about the events of its own requests, until it wants nothing any more.
 */
export type Controller = (state: State, events: readonly StoreEvent[], tools: ControllerTools) => readonly ControllerRequest[];
