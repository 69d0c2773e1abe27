import type { KubeObject } from '../../src/model/object.ts';
import { aVm, aVmService, type VmOperatorVersion } from './builders.ts';
import { randomFrom } from './random.ts';

export interface WorldOptions {
  /** The same seed always gives the same world. */
  readonly seed: number;
  readonly namespaces: number;
  /** In each namespace. */
  readonly services: number;
  /** Behind each service. */
  readonly vms: number;
  readonly version: VmOperatorVersion;
}

/**
 * A world in which nothing was reconciled: every service of every namespace (`ns-0` …, `web-0` …) selects its own VMs. About one VM
 * in ten has a failing probe, one in twenty no address and one in fifty is powered off.
 */
export function aWorld({ seed, namespaces, services, vms, version }: WorldOptions): readonly KubeObject[] {
  const random = randomFrom(seed);
  const objects: KubeObject[] = [];
  for (let n = 0; n < namespaces; n += 1) {
    for (let s = 0; s < services; s += 1) {
      const place = { namespace: `ns-${n}`, version };
      objects.push(aVmService(`web-${s}`, { ...place, selector: { app: `web-${s}`, tier: 'front' } }));
      for (let v = 0; v < vms; v += 1) {
        const [probe, address, power] = [random(), random(), random()];
        objects.push(
          aVm(`web-${s}-${v}`, {
            ...place,
            labels: { app: `web-${s}`, tier: 'front', index: String(v) },
            power: power < 0.02 ? 'off' : 'on',
            ...(address < 0.05 ? {} : { ip: addressOf(objects.length) }),
            ...(probe < 0.1 ? { ready: false } : probe < 0.6 ? { ready: true } : {}),
          }),
        );
      }
    }
  }
  return objects;
}

/** A different address of 10.0.0.0/8 for each number. */
function addressOf(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}
