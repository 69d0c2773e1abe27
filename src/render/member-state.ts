import type { VmState } from '../core/trace/member-state.ts';
import type { Style } from './style.ts';

/** A VM's state as a trace spells it. */
export const stateWords: Readonly<Record<VmState, string>> = {
  Ready: 'READY',
  NotReady: 'NOT READY',
  Out: 'OUT',
  Stale: 'STALE',
  NotSelected: 'NOT SELECTED',
};

export function paintState(state: VmState, style: Style): (text: string) => string {
  switch (state) {
    case 'Ready':
      return style.ok;
    case 'NotReady':
    case 'Stale':
      return style.warn;
    case 'Out':
      return style.bad;
    case 'NotSelected':
      return style.dim;
  }
}
