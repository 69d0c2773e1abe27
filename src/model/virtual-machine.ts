import { type Condition, type KubeObject, versionOf } from './object.ts';
import { conditionShape, objectFields } from './object-shape.ts';
import { asDeclared, type ShapeOf } from './shape.ts';

/**
 * vmoperator.vmware.com VirtualMachine, of any version: its fields live in other places, or under other spellings, in other versions.
 * Read its facts through the functions of this file.
 */
export interface VirtualMachine extends KubeObject {
  readonly spec?: {
    readonly powerState?: string;
    readonly className?: string;
    readonly imageName?: string;
    readonly readinessProbe?: ReadinessProbe;
    readonly groupName?: string;
  };
  readonly status?: {
    readonly powerState?: string;
    readonly conditions?: readonly Condition[];
    readonly zone?: string;
    readonly host?: string;
    readonly nodeName?: string;
    readonly hostName?: string;
    /** v1alpha1 only. */
    readonly vmIp?: string;
    /** v1alpha1 only. */
    readonly networkInterfaces?: readonly { readonly macAddress?: string; readonly ipAddresses?: readonly string[] }[];
    /** v1alpha2 and later. */
    readonly network?: {
      readonly hostName?: string;
      readonly primaryIP4?: string;
      readonly primaryIP6?: string;
      readonly interfaces?: readonly {
        readonly name?: string;
        readonly ip?: { readonly macAddr?: string; readonly addresses?: readonly { readonly address?: string }[] };
      }[];
    };
  };
}

export interface ReadinessProbe {
  readonly tcpSocket?: { readonly port?: number | string; readonly host?: string };
  readonly guestHeartbeat?: { readonly thresholdStatus?: string };
  readonly guestInfo?: readonly { readonly key?: string; readonly value?: string }[];
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
}

export interface PrimaryAddresses {
  readonly ip4: string | undefined;
  readonly ip6: string | undefined;
}

/**
 * The addresses that VM Operator calls primary. v1alpha1 has room for one only: a dual-stack VM read through it has lost
 * its IPv6 address.
 */
export function primaryAddresses(vm: VirtualMachine): PrimaryAddresses {
  if (isV1alpha1(vm)) {
    const ip = present(vm.status?.vmIp);
    return ip === undefined || isIPv4(ip) ? { ip4: ip, ip6: undefined } : { ip4: undefined, ip6: ip };
  }
  const network = vm.status?.network;
  return { ip4: present(network?.primaryIP4), ip6: present(network?.primaryIP6) };
}

export type PowerState = 'PoweredOn' | 'PoweredOff' | 'Suspended';

/** The observed power state in the spelling of v1alpha2 and later; undefined while nothing was observed. */
export function observedPower(vm: VirtualMachine): PowerState | undefined {
  return powerStates.get(vm.status?.powerState ?? '');
}

export function desiredPower(vm: VirtualMachine): PowerState | undefined {
  return powerStates.get(vm.spec?.powerState ?? '');
}

const powerStates: ReadonlyMap<string, PowerState> = new Map<string, PowerState>([
  ['poweredOn', 'PoweredOn'],
  ['poweredOff', 'PoweredOff'],
  ['suspended', 'Suspended'],
  ['PoweredOn', 'PoweredOn'],
  ['PoweredOff', 'PoweredOff'],
  ['Suspended', 'Suspended'],
]);

/**
 * What the readiness probe does. `none`: there is no probe. `empty`: the object is there but has nothing to run, which is also
 * what a guestInfo probe looks like through v1alpha1. Several actions run in the order tcpSocket, guestHeartbeat, guestInfo.
 */
export type ProbeAction =
  | { readonly action: 'none' }
  | { readonly action: 'empty' }
  | { readonly action: 'tcpSocket'; readonly port: number | string; readonly host: string | undefined }
  | { readonly action: 'guestHeartbeat'; readonly threshold: string }
  | { readonly action: 'guestInfo'; readonly keys: readonly string[] };

export function probeAction(vm: VirtualMachine): ProbeAction {
  const probe = vm.spec?.readinessProbe;
  if (probe === undefined) return { action: 'none' };
  if (probe.tcpSocket) return { action: 'tcpSocket', port: probe.tcpSocket.port ?? 0, host: present(probe.tcpSocket.host) };
  if (probe.guestHeartbeat) return { action: 'guestHeartbeat', threshold: probe.guestHeartbeat.thresholdStatus ?? 'green' };
  if (probe.guestInfo && probe.guestInfo.length > 0) return { action: 'guestInfo', keys: probe.guestInfo.map((entry) => entry.key ?? '') };
  return { action: 'empty' };
}

/** The condition `Ready`, written by readiness probing alone. It outlives the probe that wrote it. */
export function readyCondition(vm: VirtualMachine): Condition | undefined {
  return conditionOf(vm, 'Ready');
}

export function conditionOf(vm: VirtualMachine, type: string): Condition | undefined {
  return vm.status?.conditions?.find((condition) => condition.type === type);
}

export interface NetworkInterface {
  /** v1alpha1 has no names, and later versions may lack one: then its position, as people count, `nic-1`. */
  readonly name: string;
  readonly addresses: readonly string[];
}

/** The interfaces that the guest reported, with addresses stripped of their prefix length. */
export function networkInterfaces(vm: VirtualMachine): readonly NetworkInterface[] {
  if (isV1alpha1(vm)) {
    return (vm.status?.networkInterfaces ?? []).map((nic, index) => ({
      name: positionName(index),
      addresses: withoutPrefix(nic.ipAddresses ?? []),
    }));
  }
  return (vm.status?.network?.interfaces ?? []).map((nic, index) => ({
    name: present(nic.name) ?? positionName(index),
    addresses: withoutPrefix((nic.ip?.addresses ?? []).map((entry) => entry.address ?? '')),
  }));
}

function positionName(index: number): string {
  return `nic-${index + 1}`;
}

export function hostOf(vm: VirtualMachine): string | undefined {
  return present(vm.status?.nodeName) ?? present(vm.status?.host);
}

export function zoneOf(vm: VirtualMachine): string | undefined {
  return present(vm.status?.zone) ?? present(vm.metadata.labels?.['topology.kubernetes.io/zone']);
}

export function classOf(vm: VirtualMachine): string | undefined {
  return present(vm.spec?.className);
}

function isV1alpha1(vm: VirtualMachine): boolean {
  return versionOf(vm.apiVersion) === 'v1alpha1';
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

function withoutPrefix(addresses: readonly string[]): string[] {
  return addresses.map((address) => address.split('/', 1)[0] ?? '').filter((address) => address !== '');
}

/** As Go parses it: four decimal numbers without leading zeros, or the same mapped into IPv6. */
export function isIPv4(text: string): boolean {
  const parts = text.replace(/^::ffff:/i, '').split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** A VirtualMachine read from a cluster or a file. @throws UnreadableObject; Error when the object is of another kind */
export function vmOf(object: KubeObject): VirtualMachine {
  const vm = object.kind === 'VirtualMachine' ? asDeclared(object, vmShape) : object;
  if (!isVm(vm)) throw new Error(`expected a VirtualMachine, got ${object.apiVersion} ${object.kind}`);
  return vm;
}

function isVm(object: KubeObject): object is VirtualMachine {
  return object.kind === 'VirtualMachine';
}

const vmShape: ShapeOf<VirtualMachine> = {
  fields: {
    ...objectFields,
    spec: {
      fields: {
        powerState: 'text',
        className: 'text',
        imageName: 'text',
        readinessProbe: {
          fields: {
            tcpSocket: { fields: { port: 'numberOrText', host: 'text' } },
            guestHeartbeat: { fields: { thresholdStatus: 'text' } },
            guestInfo: { listOf: { fields: { key: 'text', value: 'text' } } },
            timeoutSeconds: 'number',
            periodSeconds: 'number',
          },
        },
        groupName: 'text',
      },
    },
    status: {
      fields: {
        powerState: 'text',
        conditions: { listOf: conditionShape },
        zone: 'text',
        host: 'text',
        nodeName: 'text',
        hostName: 'text',
        vmIp: 'text',
        networkInterfaces: { listOf: { fields: { macAddress: 'text', ipAddresses: { listOf: 'text' } } } },
        network: {
          fields: {
            hostName: 'text',
            primaryIP4: 'text',
            primaryIP6: 'text',
            interfaces: {
              listOf: {
                fields: {
                  name: 'text',
                  ip: { fields: { macAddr: 'text', addresses: { listOf: { fields: { address: 'text' } } } } },
                },
              },
            },
          },
        },
      },
    },
  },
};
