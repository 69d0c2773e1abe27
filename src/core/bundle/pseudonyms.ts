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
  /** A run for each of the ways to come one slip away from it. */
  readonly #slips = new Map<string, string>();
  readonly #bits = new Map<string, number>();
  /** Names of objects, which are replaced wherever they stand as a word. */
  readonly #names = new Set<string>();

  constructor(hash: KeyedHash, recording: Pick<Recording, 'objects'>, more: readonly string[] = []) {
    this.#hash = hash;
    for (const object of recording.objects)
      for (const name of [...namesIn(object), ...namesBelow(jsonOf(object), '')]) this.#names.add(name);
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
    // `VirtualMachine prod/web-1`: whatever it is called, a name stands there.
    const label = (value: string) => value.replace(/(?<=[ /])[^/]+/g, (name) => this.name(name));
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
      omitted: omitted.map(({ object, field }) => ({ object: label(object), field: text(field) })),
      lastApplied: Object.fromEntries(
        Object.entries(lastApplied).map(([of, applied]) => [label(of), this.#map(applied, '')] satisfies [string, JsonObject]),
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
      // What else a cluster serves says whose it is.
      discovery: {
        ...discovery,
        groups: discovery.groups.filter(({ name }) => isPlatformGroup(name)),
        resources: discovery.resources?.filter(({ group }) => isPlatformGroup(group)),
        unavailable: discovery.unavailable
          .filter(({ group }) => isPlatformGroup(group))
          .map(({ group, reason }) => ({ group, reason: text(reason) })),
        failed: discovery.failed === undefined ? undefined : text(discovery.failed),
      },
    };
  }

  /** A name as a whole. */
  name(name: string): string {
    return isSystemName(name) ? name : this.#letters(name);
  }

  /** Free text: addresses, hosts, users, and names that are known stand in it as words, or as parts of words. */
  text(text: string): string {
    return text
      .replace(/\b(User|user|group|Group) "([^"]+)"/g, (_, word: string, who: string) => `${word} "${this.#letters(who)}"`)
      .replace(placesInQuotes, (_, word: string, place: string) => `${word} "${this.#letters(place)}"`)
      .replace(domainUsers, (who) => this.#letters(who))
      .replace(datastoreFiles, (path) => this.#letters(path))
      .replace(nsxPaths, (_, collection: string, name: string) => `/${collection}/${this.name(name)}`)
      .split(addresses)
      .map((part, at) => (at % 2 === 1 ? this.#addressIn(part) : this.#words(part)))
      .join('');
  }

  #words(text: string): string {
    return text.replace(/[\p{L}\d]([-\p{L}\d._@]*[\p{L}\d])?/gu, (word) => this.#word(word));
  }

  #word(word: string): string {
    if (this.#isKnown(word)) return this.name(word);
    if (word.includes('@') || isHost(word)) return this.#letters(word);
    // Names that stand in something longer: a name in a cluster's DNS, a file, a generated name.
    return word
      .split(/([._])/)
      .map((part) => this.#part(part))
      .join('');
  }

  /** The longest names first, from the left: `team-a-web-x7k2p`. */
  #part(part: string): string {
    const pieces = part.split('-');
    const masked: string[] = [];
    for (let from = 0; from < pieces.length; ) {
      let to = Math.min(pieces.length, from + piecesOfNames);
      while (to > from && !this.#isKnown(pieces.slice(from, to).join('-'))) to--;
      masked.push(to > from ? this.name(pieces.slice(from, to).join('-')) : (pieces[from] ?? ''));
      from = Math.max(to, from + 1);
    }
    return masked.join('-').replace(dashedAddress, (text) => this.#dashed(text));
  }

  #isKnown(word: string): boolean {
    return this.#names.has(word) && !wordsOfMessages.has(word);
  }

  /** Something that looks like an address, with what may stand behind it. */
  #addressIn(text: string): string {
    if (macAddress.test(text)) return this.#mac(text);
    const [, ip = text, rest = ''] = /^(.*?)([.:]*)$/.exec(text) ?? [];
    const whole = this.#address(text);
    const trimmed = this.#address(ip);
    if (whole !== undefined) return whole;
    if (trimmed !== undefined) return `${trimmed}${rest}`;
    // An address of IPv4 in something that is none of IPv6.
    return text
      .split(/(\d+(?:\.\d+){3})/)
      .map((part, at) => (at % 2 === 1 ? (this.#address(part) ?? part) : this.#words(part)))
      .join('');
  }

  /** The vendor's half stays. */
  #mac(text: string): string {
    const bytes = this.#hash(`mac ${text.toLowerCase()}`);
    return `${text.slice(0, 8)}${[0, 1, 2].map((at) => `:${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`).join('')}`;
  }

  /** `10-1-0-11`, as it stands in names. */
  #dashed(text: string): string {
    const separator = /[-_.]/.exec(text)?.[0] ?? '.';
    const ip = parseIp(text.replaceAll(separator, '.'));
    return ip === undefined ? text : formatIp(this.#ip(ip, widthOf(ip))).replaceAll('.', separator);
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

  /**
   * Runs of letters become other letters, the same run always the same, as long as it was and in the same letter case. Addresses in names
   * and numbers that may stand for somebody become others; what only counts stays.
   */
  #letters(text: string): string {
    return text.replace(partsOfNames, (part) => {
      if (/^\d{4,}$/.test(part)) return this.#number(part);
      if (/^\d/.test(part)) return this.#dashed(part);
      const mask = this.#run(part.toLowerCase());
      return [...mask].map((letter, index) => (/\p{Lu}/u.test(part[index] ?? '') ? letter.toUpperCase() : letter)).join('');
    });
  }

  #number(number: string): string {
    const known = this.#runs.get(number);
    if (known !== undefined) return known;
    for (let salt = 0; ; salt++) {
      const bytes = this.#hash(`number ${salt} ${number}`);
      const mask = [...number].map((_, at) => String((bytes[at % bytes.length] ?? 0) % 10)).join('');
      if (this.#taken.has(mask) && salt < 2000) continue;
      this.#taken.add(mask);
      this.#runs.set(number, mask);
      return mask;
    }
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
      for (const key of slipsOf(run)) if (!this.#slips.has(key)) this.#slips.set(key, run);
      return candidate;
    }
  }

  /** A run that is one letter away from one that has its pseudonym gets one that is one letter away, so that a slip stays one. */
  #near(run: string): string | undefined {
    if (run.length < 3) return undefined;
    for (const key of slipsOf(run)) {
      const other = this.#slips.get(key);
      const mask = other === undefined ? undefined : this.#runs.get(other);
      const edit = other === undefined || mask?.length !== other.length ? undefined : oneEdit(other, run);
      if (edit !== undefined && mask !== undefined) return edit(mask, (this.#hash(`edit ${run}`)[0] ?? 0) % 26);
    }
    return undefined;
  }

  #metadata({ metadata }: KubeObject): Partial<KubeObject['metadata']> {
    const { name, namespace, generateName, labels, annotations, ownerReferences, managedFields } = metadata;
    const texts = (map: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(map).map(([key, value]) => [this.#labelKey(key), this.#labelled(key, value)]));
    return {
      name: this.name(name),
      ...(namespace !== undefined && { namespace: this.name(namespace) }),
      ...(generateName !== undefined && { generateName: this.name(generateName) }),
      ...(labels !== undefined && { labels: texts(labels) }),
      ...(annotations !== undefined && { annotations: texts(annotations) }),
      ...(ownerReferences !== undefined && {
        ownerReferences: ownerReferences.map((owner) => ({ ...owner, name: this.name(owner.name) })),
      }),
      // Their keys hold values.
      ...(managedFields !== undefined && { managedFields: managedFields.map((entry) => this.#map(entry, 'managedFields')) }),
    };
  }

  /** Values under keys of Kubernetes and of the platform are words of theirs, unless they name something. */
  #labelled(key: string, value: string): string {
    if (/^[[{]/.test(value)) return this.#json(value);
    if (!isPlatformKey(key)) return this.#labelValue(value);
    return namingKeys.test(key) ? this.name(value) : this.text(value);
  }

  /** What somebody writes into labels and annotations of their own is theirs, word for word. */
  #labelValue(value: string): string {
    if (/^(true|false|yes|no|\d{4}-\d\d-\d\d(T[\d:.]+Z?)?)$/.test(value)) return value;
    const address = this.#address(value);
    if (address !== undefined) return address;
    return value
      .split(addresses)
      .map((part, at) => (at % 2 === 1 ? this.#addressIn(part) : this.name(part)))
      .join('');
  }

  /** The domain of a key says whose it is; what it says of itself are words, as in keys without one. */
  #labelKey(key: string): string {
    const slash = key.indexOf('/');
    return slash < 0 || isPlatformKey(key) ? key : `${this.#letters(key.slice(0, slash))}${key.slice(slash)}`;
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
    if (/^[kv]:/.test(key)) return this.text(key);
    return key.startsWith('f:') && key.includes('/') ? `f:${this.#labelKey(key.slice(2))}` : key;
  }

  #field(key: string, value: Json, path: string): Json {
    if (typeof value === 'string') return this.#textField(key, value, path);
    if (isMap(value) && mapsOfTexts.test(key)) {
      return Object.fromEntries(
        Object.entries(value).map(([inner, item]) => [
          this.#labelKey(inner),
          typeof item === 'string' ? this.#labelled(inner, item) : item === undefined ? undefined : this.#field(inner, item, key),
        ]),
      );
    }
    return this.#value(value, key);
  }

  #textField(key: string, value: string, path: string): string {
    if (key === 'key') return this.#labelKey(value);
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
    if (keptFields.has(key)) return item;
    return listsOfNames.test(key) ? (this.#address(item) ?? this.name(item)) : this.text(item);
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
  ...['thresholdStatus', 'component', 'fieldPath', 'field', 'targetPort', 'className', 'hardwareVersion', 'guestID', 'guestId'],
]);

const nameFields =
  /^(name|namespace|hostname|host|fqdn|cluster|zone|serverID|gateway|user|username|owner|project|tenant|storageClass|reportingInstance|holderIdentity|[A-Za-z]+Name)$/;
const listsOfNames = /^(searchDomains|hostnames|dnsNames|domains|names|users|namespaces|values)$/;

/** What vSphere calls its own, which no object of the namespace names. */
const placesInQuotes = /\b([Dd]atastore|[Ff]older|[Rr]esource pool|[Pp]ort ?group|[Dd]atacenter|[Hh]ost) "([^"]+)"/g;
/** `CORP\jdoe`, and as Go quotes it. */
const domainUsers = /\b[A-Z][A-Z0-9-]{1,14}\\{1,2}[\w.-]{2,}/g;
/** `[ds-01] web/web.vmx`. */
const datastoreFiles = /\[[^\][]{1,80}\] [\w./-]{1,200}(?=\.(?:vmx|vmdk|iso|nvram|vswp|log)\b)/g;

/** Collections in the paths of NSX, and volumes of a host, behind each of which a name follows. */
const nsxPaths =
  /\/(orgs|projects|vpcs|subnets|segments|domains|tier-[01]s|ip-pools|ip-blocks|lb-services|lb-virtual-servers|lb-pools|groups|security-policies|sites|volumes)\/([^/\s"',;]+)/g;

const macAddress = /^(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/;

/** What may be an address, of a machine, a network or a card: with groups of digits and dots, or with colons. */
const addresses =
  /((?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?!\d|\.\d)|(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f.]{0,15}:[0-9A-Fa-f.]{0,15}:)[0-9A-Fa-f:.]+(?:\/\d{1,3})?(?![0-9A-Za-z]))/;

const dashedAddress = /(?<!\d)\d{1,3}([-_.])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d)/g;
const partsOfNames = /(?<!\d)\d{1,3}([-_.])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d)|\p{L}+|\d{4,}/gu;

/** Longer names are only known as a whole word. */
const piecesOfNames = 12;
const mapsOfTexts = /^(labels|label|annotations|selector|matchLabels)$/;
const namingKeys =
  /(^app\.kubernetes\.io\/(name|part-of|component)|service-name|cluster\.name|cluster-name|service\.name|service\.namespace|gateway-name|gateway-namespace|network-name|release-name|instance|tracking-id|fluxcd\.io\/name|kapp\.k14s\.io\/app|hostname|deployment-name|[-./]name|-pool|\/zone|mirror\/source)$/;

/** Domains of Kubernetes, of the platform, and of programs that many clusters have: they say nothing about whose one is. */
const publicDomains =
  /(^|[./])((x-)?k8s\.io|kubernetes\.io|vmware\.com(\.protected)?|argoproj\.io|fluxcd\.io|k14s\.io|helm\.sh|metallb\.(io|universe\.tf)|(io\.)?cilium(\.io)?|antrea\.io|(kube-vip|purelb|openelb|loxilb)\.io|kubesphere\.io)$/;

function isPlatformKey(key: string): boolean {
  const [domain = '', ...names] = key.split('/');
  return names.length > 0 && (publicDomains.test(domain) || /^(ncp|vmsvc\.mirror|kubectl-vmsvc)$/.test(domain));
}

/** Groups of Kubernetes and of the platform. */
function isPlatformGroup(group: string): boolean {
  return !group.includes('.') || publicDomains.test(group);
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
  'off running tools guest vm address network ip load balancer error host image class node cluster controller manager operator webhook denied request forbidden cannot list get resource group user api namespace http https tls no route out deadline unreachable available free vip vips give have provided already allocated valid range allocate server could find requested unable on at by with from http secret secrets configmaps pods port ports kubectl exceeded quota requested used limited connection refused timeout dial tcp connect is not ready virtual machine powered on an IP assigned service services endpoints failed calling webhook pool exhausted being terminated the of in for a to no and'.split(
    ' ',
  ),
);

function namesIn({ metadata }: KubeObject): readonly string[] {
  const owners = (metadata.ownerReferences ?? []).map(({ name }) => name);
  const clusters = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => (namingKeys.test(key) ? [value] : []));
  return [metadata.name, metadata.namespace ?? '', ...owners, ...clusters].filter((name) => !isSystemName(name));
}

/** Names in fields of an object, other than those that programs know. */
function* namesBelow(value: Json, key: string): Generator<string> {
  if (isList(value)) {
    for (const item of value) yield* namesBelow(item, key);
  } else if (isMap(value)) {
    for (const [field, inner] of Object.entries(value)) {
      if (inner === undefined || field === 'managedFields') continue;
      if (typeof inner !== 'string') yield* namesBelow(inner, field);
      else if (nameFields.test(field) && !keptFields.has(field) && key !== 'ports' && key !== 'container' && isTelling(inner)) yield inner;
      else if (mapsOfTexts.test(key) && !isPlatformKey(field) && isTelling(inner)) yield inner;
    }
  }
}

/** What is short may be any word, and is a name only where it stands alone. */
function isTelling(name: string): boolean {
  return name.length >= 4 && name.length <= 253 && !isSystemName(name) && !/[\s"]/.test(name) && !/^\d+$/.test(name);
}

/** A host name with a domain, other than those of Kubernetes and of the platform, which name programs. */
function isHost(word: string): boolean {
  return (
    /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(word) &&
    !/(k8s\.io|kubernetes\.io|vmware\.com|x-k8s\.io|cluster\.local|\.(go|ts|json|yaml))$/i.test(word) &&
    !/^(metadata|spec|status|subsets|services|requests|limits|count)\./.test(word)
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

/** What two runs that are one slip apart have in common, one at least: a letter more, less, changed, or two that changed places. */
function slipsOf(run: string): readonly string[] {
  const slips = [run];
  for (let at = 0; at < run.length; at++) slips.push(run.slice(0, at) + run.slice(at + 1));
  return slips;
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
