import { isList, type Json, type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { formatIp, type IpAddress, isLinkLocalUnicast, isLoopback, isUnspecified, parseCidr, parseIp } from '../ip-address.ts';
import type { BundleIndex, Recording } from './bundle-index.ts';

/** Bytes that depend on a text and on a key that nobody keeps: the same text gives the same bytes in one run, and others in the next. */
export type KeyedHash = (text: string) => Uint8Array;

/**
 * Replaces names, addresses, host names and users by pseudonyms of one run. Equal things stay equal, alike things alike (letters are
 * replaced, their case, digits and separators stay), and addresses of one network stay in one network: a diagnosis finds the same.
 * Kinds, fields, keys, words of Kubernetes and of VM Operator, ports and times stay.
 */
export class Pseudonyms {
  readonly #hash: KeyedHash;
  readonly #runs = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #bits = new Map<string, number>();
  /** Names of objects, which are replaced wherever they stand as a word. */
  readonly #names = new Set<string>();

  constructor(hash: KeyedHash, recording: Pick<Recording, 'objects'>, more: readonly string[] = []) {
    this.#hash = hash;
    for (const object of recording.objects) for (const name of namesIn(object)) this.#names.add(name);
    for (const name of more) if (!isSystemName(name)) this.#names.add(name);
  }

  object(object: KubeObject): KubeObject {
    const masked = this.#map(jsonOf(object), '');
    const { apiVersion, kind, metadata } = object;
    return { ...object, ...masked, apiVersion, kind, metadata: { ...metadata, ...this.#metadata(object) } };
  }

  index(index: BundleIndex): BundleIndex {
    const { discovery, apiVersion, kind, format, toolVersion, takenAt, localTime, reads, reviews, rehearsals, omitted, lastApplied } =
      index;
    const text = (value: string) => this.text(value);
    const answer = <T extends object>(given: T): T => {
      const masked = this.#value(JSON.parse(JSON.stringify(given)), 'answer');
      return { ...given, ...(isMap(masked) ? masked : {}) };
    };
    return {
      ...{ apiVersion, kind, format, toolVersion, takenAt, localTime, kubernetesVersion: index.kubernetesVersion },
      context: this.name(index.context),
      namespace: this.name(index.namespace),
      names: index.names.map((name) => this.name(name)),
      redacted: true,
      omitted: omitted.map(({ object, field }) => ({ object: text(object), field })),
      lastApplied: Object.fromEntries(
        Object.entries(lastApplied).map(([label, applied]) => [text(label), this.#map(applied, '')] satisfies [string, JsonObject]),
      ),
      reads: reads.map((read) => ({
        ...read,
        namespace: read.namespace === null ? null : this.name(read.namespace),
        ...(read.name !== undefined && { name: this.name(read.name) }),
        ...(read.labelSelector !== undefined && { labelSelector: text(read.labelSelector) }),
        answer: answer(read.answer),
      })),
      reviews: reviews.map((review) => ({ attributes: this.#map(review.attributes, 'attributes'), answer: answer(review.answer) })),
      rehearsals: rehearsals.map((one) => ({
        ...one,
        namespace: one.namespace === null ? null : this.name(one.namespace),
        name: this.name(one.name),
        answer: answer(one.answer),
      })),
      discovery,
    };
  }

  /** A name as a whole. */
  name(name: string): string {
    return isSystemName(name) ? name : this.#letters(name);
  }

  /** Free text: addresses, hosts, users, and names that are known stand in it as words. */
  text(text: string): string {
    return text
      .replace(/\b(User|user|group|Group) "([^"]+)"/g, (_, word: string, who: string) => `${word} "${this.#letters(who)}"`)
      .replace(/[A-Za-z0-9]([-A-Za-z0-9._:@]*[-A-Za-z0-9])?(\/\d{1,3}(?![\d.]))?/g, (word) => this.#word(word));
  }

  #word(word: string): string {
    const address = this.#address(word);
    if (address !== undefined) return address;
    const port = /^(.*[^:]):(\d{1,5})$/.exec(word);
    if (port?.[1] !== undefined) return `${this.#word(port[1])}:${port[2] ?? ''}`;
    if (this.#names.has(word) && !wordsOfMessages.has(word)) return this.name(word);
    if (word.includes('@') || isHost(word)) return this.#letters(word);
    // Names that stand in something longer: a name in a cluster's DNS, a file, a generated name.
    const parts = word.split('.');
    if (parts.length > 1)
      return parts.map((part) => (this.#names.has(part) && !wordsOfMessages.has(part) ? this.name(part) : part)).join('.');
    return word;
  }

  #address(word: string): string | undefined {
    if (!/[.:]/.test(word)) return undefined;
    const cidr = parseCidr(word);
    if (cidr !== undefined) {
      // A network as a whole, or the address of a machine in it.
      const bits = cidr.first === cidr.address.value ? cidr.prefix : widthOf(cidr.address);
      return `${formatIp(this.#ip(cidr.address, bits))}/${word.slice(word.indexOf('/') + 1)}`;
    }
    const ip = parseIp(word);
    return ip === undefined ? undefined : formatIp(this.#ip(ip, widthOf(ip)));
  }

  /**
   * Bit for bit, each depending on those before it: what two addresses have in common at their beginning, their pseudonyms have in
   * common, too. What is special about an address (loopback, link-local, a private range) stays.
   */
  #ip(ip: IpAddress, bits: number): IpAddress {
    if (isLoopback(ip) || isLinkLocalUnicast(ip) || isUnspecified(ip)) return ip;
    const width = widthOf(ip);
    const kept = keptBits(ip);
    let value = 0n;
    for (let at = 0; at < width; at++) {
      const bit = (ip.value >> BigInt(width - 1 - at)) & 1n;
      const flip = at < kept || at >= bits ? 0n : BigInt(this.#flip(`${ip.family} ${at} ${ip.value >> BigInt(width - at)}`));
      value = (value << 1n) | (bit ^ flip);
    }
    return { family: ip.family, value };
  }

  #flip(prefix: string): number {
    const known = this.#bits.get(prefix);
    if (known !== undefined) return known;
    const bit = (this.#hash(prefix)[0] ?? 0) & 1;
    this.#bits.set(prefix, bit);
    return bit;
  }

  /** Runs of letters become other letters, the same run always the same, as long as it was and in the same letter case. */
  #letters(text: string): string {
    return text.replace(/[A-Za-z]+/g, (run) => {
      const mask = this.#run(run.toLowerCase());
      return [...mask].map((letter, index) => (/[A-Z]/.test(run[index] ?? '') ? letter.toUpperCase() : letter)).join('');
    });
  }

  #run(run: string): string {
    const known = this.#runs.get(run);
    if (known !== undefined) return known;
    const near = this.#near(run);
    for (let salt = 0; ; salt++) {
      const mask =
        near !== undefined && salt === 0 ? near : lettersOf(this.#hash(`${salt} ${run}`), this.#hash(`${salt}+${run}`), run.length);
      // Short runs have few pseudonyms; when they are used up, one letter more makes room.
      const candidate = salt > 2000 ? `${mask}x` : mask;
      if (this.#taken.has(candidate) || (candidate === run && salt < 50)) continue;
      this.#taken.add(candidate);
      this.#runs.set(run, candidate);
      return candidate;
    }
  }

  /** A run that is one letter away from one that has its pseudonym gets one that is one letter away, so that a slip stays one. */
  #near(run: string): string | undefined {
    for (const [other, mask] of this.#runs) {
      const edit = run.length < 3 || mask.length !== other.length ? undefined : oneEdit(other, run);
      if (edit !== undefined) return edit(mask, (this.#hash(`edit ${run}`)[0] ?? 0) % 26);
    }
    return undefined;
  }

  #metadata({ metadata }: KubeObject): Partial<KubeObject['metadata']> {
    const { name, namespace, generateName, labels, annotations, ownerReferences } = metadata;
    const texts = (map: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(map).map(([key, value]) => [key, this.#labelled(key, value)]));
    return {
      name: this.name(name),
      ...(namespace !== undefined && { namespace: this.name(namespace) }),
      ...(generateName !== undefined && { generateName: this.name(generateName) }),
      ...(labels !== undefined && { labels: texts(labels) }),
      ...(annotations !== undefined && { annotations: texts(annotations) }),
      ...(ownerReferences !== undefined && {
        ownerReferences: ownerReferences.map((owner) => ({ ...owner, name: this.name(owner.name) })),
      }),
    };
  }

  /** Values under keys of Kubernetes and of the platform are words of theirs, unless they name something. */
  #labelled(key: string, value: string): string {
    if (/^[[{]/.test(value)) return this.#json(value);
    if (!isPlatformKey(key)) return /^[\w.-]{1,63}$/.test(value) ? this.#labelValue(value) : this.text(value);
    return namingKeys.test(key) ? this.name(value) : this.text(value);
  }

  #labelValue(value: string): string {
    return this.#address(value) ?? (/^(true|false|yes|no)$/.test(value) ? value : this.name(value));
  }

  /** An annotation that holds an object of its own. */
  #json(text: string): string {
    try {
      const value: Json = JSON.parse(text);
      return JSON.stringify(this.#value(value, ''));
    } catch {
      return this.text(text);
    }
  }

  #map(map: JsonObject, path: string): JsonObject {
    return Object.fromEntries(
      Object.entries(map).map(([key, value]) => [this.#key(key), value === undefined ? undefined : this.#field(key, value, path)]),
    );
  }

  /** Keys of managedFields hold values: `k:{"ip":"10.1.0.11"}`, `v:"…"`. */
  #key(key: string): string {
    return /^[kv]:/.test(key) ? this.text(key) : key;
  }

  #field(key: string, value: Json, path: string): Json {
    if (typeof value === 'string') return this.#textField(key, value, path);
    if (isMap(value) && mapsOfTexts.test(key)) {
      return Object.fromEntries(
        Object.entries(value).map(([inner, text]) => [inner, typeof text === 'string' ? this.#labelled(inner, text) : text]),
      );
    }
    return this.#value(value, key);
  }

  #textField(key: string, value: string, path: string): string {
    if (keptFields.has(key) || /(Time|Timestamp|timestamp)$/.test(key)) return value;
    if (path === 'ports' || path === 'container') return value;
    if (key === 'name' && isSystemName(value)) return value;
    return nameFields.test(key) ? (this.#address(value) ?? this.name(value)) : this.text(value);
  }

  #value(value: Json, key: string): Json {
    if (isList(value)) return value.map((item) => (typeof item === 'string' ? this.#item(key, item) : this.#value(item, key)));
    if (isMap(value)) return this.#map(value, key);
    return typeof value === 'string' ? this.text(value) : value;
  }

  #item(key: string, item: string): string {
    return keptFields.has(key) ? item : this.text(item);
  }
}

/** Fields that hold words of Kubernetes, versions, times, or identities that say nothing. */
const keptFields: ReadonlySet<string> = new Set([
  ...[
    'apiVersion',
    'kind',
    'type',
    'reason',
    'status',
    'protocol',
    'appProtocol',
    'resourceVersion',
    'uid',
    'phase',
    'verb',
    'verbs',
    'group',
    'resource',
    'version',
  ],
  ...[
    'finalizers',
    'manager',
    'operation',
    'subresource',
    'fieldsType',
    'time',
    'ipFamilies',
    'ipFamilyPolicy',
    'sessionAffinity',
    'clusterIpPolicy',
  ],
  ...[
    'internalTrafficPolicy',
    'externalTrafficPolicy',
    'ipMode',
    'addressType',
    'powerState',
    'severity',
    'provider',
    'action',
    'direction',
    'operator',
  ],
  ...[
    'thresholdStatus',
    'component',
    'fieldPath',
    'field',
    'key',
    'targetPort',
    'className',
    'storageClass',
    'hardwareVersion',
    'guestID',
    'guestId',
  ],
]);

const nameFields = /^(name|namespace|hostname|host|cluster|zone|serverID|gateway|user|username|[A-Za-z]+Name)$/;
const mapsOfTexts = /^(labels|label|annotations|selector|matchLabels)$/;
const namingKeys =
  /(^app\.kubernetes\.io\/(name|part-of|component)|service-name|cluster\.name|cluster-name|service\.name|service\.namespace|gateway-name|gateway-namespace|network-name|release-name|instance|tracking-id|fluxcd\.io\/name|kapp\.k14s\.io\/app|hostname|deployment-name|\/zone|mirror\/source)$/;

function isPlatformKey(key: string): boolean {
  return (
    /(^|[./])(k8s\.io|kubernetes\.io|vmware\.com|tanzu\.vmware\.com|argoproj\.io|fluxcd\.io|k14s\.io|helm\.sh)\//.test(key) ||
    /^(ncp|vmsvc\.mirror)\//.test(key)
  );
}

/** Names that mean something to programs. */
function isSystemName(name: string): boolean {
  return (
    name === '' ||
    name === 'default' ||
    name === 'supervisor' ||
    name === 'None' ||
    /^(kube-|vmware-system-|supervisor-capabilities$|vmoperator|vm-operator)/.test(name) ||
    (/:/.test(name) && name.startsWith('system:'))
  );
}

/** Words that rules look for in messages: an object that is called so is not looked for there. */
const wordsOfMessages: ReadonlySet<string> = new Set(
  'exceeded quota requested used limited connection refused timeout dial tcp connect is not ready virtual machine powered on an IP assigned service services endpoints failed calling webhook pool exhausted being terminated the of in for a to no and'.split(
    ' ',
  ),
);

function namesIn({ metadata }: KubeObject): readonly string[] {
  const owners = (metadata.ownerReferences ?? []).map(({ name }) => name);
  const clusters = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => (namingKeys.test(key) ? [value] : []));
  return [metadata.name, metadata.namespace ?? '', ...owners, ...clusters].filter((name) => !isSystemName(name));
}

/** A host name with a domain, other than those of Kubernetes and of the platform, which name programs. */
function isHost(word: string): boolean {
  return (
    /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(word) &&
    !/(k8s\.io|kubernetes\.io|vmware\.com|x-k8s\.io|cluster\.local|\.(go|ts|json|yaml))$/i.test(word) &&
    !/^(metadata|spec|status|subsets)\./.test(word)
  );
}

function widthOf({ family }: IpAddress): number {
  return family === 'IPv4' ? 32 : 128;
}

/** How much of an address says which range it is of. */
function keptBits({ family, value }: IpAddress): number {
  if (family === 'IPv6') return 16;
  const first = Number(value >> 24n);
  const second = Number((value >> 16n) & 0xffn);
  if (first === 172 && second >= 16 && second < 32) return 12;
  return first === 192 && second === 168 ? 16 : 8;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz';

function lettersOf(first: Uint8Array, second: Uint8Array, length: number): string {
  const bytes = [...first, ...second];
  return Array.from({ length }, (_, index) => alphabet[(bytes[index % bytes.length] ?? 0) % 26]).join('');
}

/** The one change that makes `to` of `from`, to be made of a pseudonym with a letter of its own; undefined where it takes more. */
function oneEdit(from: string, to: string): ((mask: string, letter: number) => string) | undefined {
  if (Math.abs(from.length - to.length) > 1 || from === to) return undefined;
  let at = 0;
  while (at < from.length && from[at] === to[at]) at++;
  const rest = (text: string, skip: number) => text.slice(at + skip);
  if (from.length === to.length) {
    if (rest(from, 1) === rest(to, 1))
      return (mask, letter) => mask.slice(0, at) + otherLetter(mask[at] ?? '', letter) + mask.slice(at + 1);
    if (from[at] === to[at + 1] && from[at + 1] === to[at] && rest(from, 2) === rest(to, 2))
      return (mask) => mask.slice(0, at) + (mask[at + 1] ?? '') + (mask[at] ?? '') + mask.slice(at + 2);
    return undefined;
  }
  if (from.length < to.length)
    return rest(from, 0) === rest(to, 1) ? (mask, letter) => mask.slice(0, at) + (alphabet[letter] ?? 'x') + mask.slice(at) : undefined;
  return rest(from, 1) === rest(to, 0) ? (mask) => mask.slice(0, at) + mask.slice(at + 1) : undefined;
}

function otherLetter(than: string, letter: number): string {
  const candidate = alphabet[letter] ?? 'x';
  return candidate === than ? (alphabet[(letter + 1) % 26] ?? 'y') : candidate;
}
