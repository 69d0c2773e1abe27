import type { Condition } from '../model/object.ts';
import type { Service } from '../model/service.ts';
import { compareText } from '../model/text-order.ts';

export const serviceReadyType = 'VirtualMachineServiceServiceReady';

/** A condition before it is known whether it changed, and so when. */
export type ConditionState = Required<Pick<Condition, 'type' | 'status' | 'reason' | 'message'>>;

/**
 * What a VirtualMachineService says about its Service, from the first condition of the Service whose type is `Ready`;
 * undefined leaves the condition as it is. Unknown is the normal state: most load balancers set no such condition.
 * Mirrors the ServiceReady part of updateVmServiceStatus.
 */
export function serviceReadyState(service: Service): ConditionState | undefined {
  const ready = service.status?.conditions?.find((condition) => condition.type === 'Ready');
  const state = (status: string, reason: string, message: string): ConditionState => ({ type: serviceReadyType, status, reason, message });
  if (ready === undefined) return state('Unknown', 'ServiceReadyNotPresent', 'Underlying Service does not have Ready condition');
  switch (ready.status) {
    case 'True':
      return state('True', 'True', '');
    case 'False':
      return state('False', ready.reason || 'ServiceNotReady', ready.message || 'Underlying Service is not ready');
    case 'Unknown':
    case '':
    case undefined:
      return state('Unknown', ready.reason || 'ServiceReadinessUnknown', ready.message || 'Underlying Service readiness is unknown');
    default:
      return undefined;
  }
}

/**
 * The conditions with one of them set. An unchanged state keeps its time and the stored order; a change takes `now` and sorts
 * by type, `Ready` first. Mirrors Set in VM Operator's pkg/conditions.
 * @param now RFC 3339 in whole seconds
 */
export function withCondition(conditions: readonly Condition[], state: ConditionState, now: string): readonly Condition[] {
  const existing = conditions.find((condition) => condition.type === state.type);
  if (existing !== undefined && hasState(existing, state)) return conditions;
  const changed: Condition = { ...state, lastTransitionTime: now };
  const all =
    existing === undefined ? [...conditions, changed] : conditions.map((condition) => (condition === existing ? changed : condition));
  return all.toSorted((left, right) => rank(left) - rank(right) || compareText(left.type, right.type));
}

function hasState(condition: Condition, state: ConditionState): boolean {
  return condition.status === state.status && (condition.reason ?? '') === state.reason && (condition.message ?? '') === state.message;
}

function rank(condition: Condition): number {
  return condition.type === 'Ready' ? 0 : 1;
}
