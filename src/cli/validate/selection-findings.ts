import { validateEndpointIp } from '../../apiserver/service/endpoints-validation.ts';
import { aroundOf } from '../../core/diagnosis/around.ts';
import { found } from '../../core/diagnosis/found.ts';
import type { Rule } from '../../core/diagnosis/rule.ts';
import type { ServiceSubject } from '../../core/diagnosis/subject.ts';
import { timesAt } from '../../core/diagnosis/times.ts';
import type { Finding } from '../../core/finding.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import { withAccess } from '../../core/fix-access.ts';
import { isSeen, itemsOf } from '../../core/snapshot.ts';
import { at } from '../../core/validation/refusal.ts';
import type { World } from '../../core/world.ts';
import type { JsonObject } from '../../model/object.ts';
import { soundService } from './context-snapshot.ts';

/** What is said about VMs is said where they are selected. */
const place = { field: 'spec.selector', at: at(['spec', 'selector'], 'key') } as const;

/** Rules that files cannot answer: the deletion that hangs, and fields that were dropped on the way into the store. */
const onlyLive: ReadonlySet<FindingCode> = new Set(['VMS102', 'VMS112', 'VMS113']);

export interface SelectionFindings {
  /** What the VMs that are known prove about a service's selector. */
  of(object: JsonObject, namespace: string): readonly Finding[];
  /** Whether a code could be found here at all. */
  asked(code: FindingCode): boolean;
  readonly vmsSeen: boolean;
}

/**
 * The rules of `debug` about selection. What files hold is not everything: without VMs of a namespace in them, nothing is said about
 * its selectors. Of live objects the deletion, and what was dropped when they were applied, are looked at as well.
 */
export async function selectionFindings(
  world: World,
  now: Date,
  { live, access }: { readonly live: boolean; readonly access: readonly string[] },
): Promise<SelectionFindings> {
  const { vms } = world.snapshot;
  const isSelection = (code: FindingCode): boolean => code.startsWith('VMS2');
  const vmsSeen = isSeen(vms) && (live || vms.items.length > 0);
  if (!vmsSeen && !live) return { of: () => [], asked: (code) => !isSelection(code), vmsSeen: false };
  const [{ diagnoseService }, { rules }, { serviceSubject }] = await Promise.all([
    import('../../core/diagnosis/diagnose.ts'),
    import('../../core/diagnosis/index.ts'),
    import('../../core/diagnosis/subject.ts'),
  ]);
  const chosen: readonly Rule[] = rules.filter(
    ({ about, code }) => about === 'service' && (isSelection(code) || (live && onlyLive.has(code))),
  );
  const around = aroundOf(world, { now, times: timesAt(now) });
  const places = new Set(itemsOf(vms).map(({ metadata }) => metadata.namespace ?? ''));
  return {
    vmsSeen,
    asked: (code) => vmsSeen || !isSelection(code),
    of: (object, namespace) => {
      const service = soundService(object, namespace);
      // In a namespace of which no VM is known, nothing is known about VMs.
      if (service === undefined || (!live && !places.has(service.metadata.namespace ?? ''))) return [];
      const subject = serviceSubject(service, around);
      const { findings } = diagnoseService(subject, chosen);
      return [
        ...findings
          .map((finding) => (finding.field === undefined ? { ...finding, ...place } : finding))
          .map((finding) => withAccess(finding, access)),
        ...endpointRefusals(subject).map((finding) => ({ ...finding, ...place })),
      ];
    },
  };
}

/** Endpoints that Kubernetes would refuse for the address of a VM that is selected. Mirrors K18 of the behaviour. */
function endpointRefusals({ decisions, vmService }: ServiceSubject): readonly Finding[] {
  const addresses = decisions.flatMap(({ vm, outcome, addresses: ips }) => (outcome === 'out' ? [] : ips.map((ip) => ({ ip, vm }))));
  return addresses.flatMap(({ ip, vm }, index) =>
    validateEndpointIp(ip, `subsets[0].addresses[${index}].ip`).map((error) =>
      found(
        'VMS513',
        'error',
        'certain',
        vmService,
        `the Endpoints would be refused for ${vm.metadata.name}: ${error.field}: ${error.message}`,
      ),
    ),
  );
}
