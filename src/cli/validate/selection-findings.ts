import { aroundOf } from '../../core/diagnosis/around.ts';
import type { Rule } from '../../core/diagnosis/rule.ts';
import { timesAt } from '../../core/diagnosis/times.ts';
import type { Finding } from '../../core/finding.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import { isSeen } from '../../core/snapshot.ts';
import { at } from '../../core/validation/refusal.ts';
import type { World } from '../../core/world.ts';
import type { JsonObject } from '../../model/object.ts';
import { soundService } from './context-snapshot.ts';

export interface SelectionFindings {
  /** What the VMs that are known prove about a service's selector. */
  of(object: JsonObject, namespace: string): readonly Finding[];
  /** Whether a code could be found here at all. */
  asked(code: FindingCode): boolean;
  readonly vmsSeen: boolean;
}

/** The rules of `debug` about selection, for services and VMs that files hold. Without VMs nothing is said about selectors. */
export async function selectionFindings(world: World, now: Date): Promise<SelectionFindings> {
  const { vms } = world.snapshot;
  const isSelection = (code: FindingCode): boolean => code.startsWith('VMS2');
  if (!isSeen(vms) || vms.items.length === 0) return { of: () => [], asked: (code) => !isSelection(code), vmsSeen: false };
  const [{ diagnoseService }, { rules }, { serviceSubject }] = await Promise.all([
    import('../../core/diagnosis/diagnose.ts'),
    import('../../core/diagnosis/index.ts'),
    import('../../core/diagnosis/subject.ts'),
  ]);
  const chosen: readonly Rule[] = rules.filter(({ about, code }) => about === 'service' && isSelection(code));
  const around = aroundOf(world, { now, times: timesAt(now) });
  const places = new Set(vms.items.map(({ metadata }) => metadata.namespace ?? ''));
  return {
    vmsSeen: true,
    asked: () => true,
    of: (object, namespace) => {
      const service = soundService(object, namespace);
      // In a namespace of which no VM is known, nothing is known about VMs.
      if (service === undefined || !places.has(service.metadata.namespace ?? '')) return [];
      const { findings } = diagnoseService(serviceSubject(service, around), chosen);
      return findings.map((finding) => ({ ...finding, field: 'spec.selector', at: at(['spec', 'selector'], 'key') }));
    },
  };
}
