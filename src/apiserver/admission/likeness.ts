import { dns1035Label, labelValue, portNumber, qualifiedName } from '../../core/name-rules.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';

/** What of an object decides whether anything is to be said about it. */
export interface Likeness {
  /** Objects with the same text are all without a finding, or none of them is. */
  readonly text: string;
  readonly name: string;
  readonly namespace: string;
}

/**
 * Tells new VirtualMachineServices that differ only in what is right in each by itself: a name that every kind takes, well-formed labels
 * and annotations that nobody reads, the keys and values of the selector, the ports of the VMs. Thousands of manifests agree in the rest,
 * so that whoever judged one of them needs not judge the others.
 *
 * The function that comes back returns undefined for an object with anything out of the ordinary in it, which has to be looked at whole.
 */
export function likenesses(): (object: JsonObject, place: string) => Likeness | undefined {
  const labelKeys = new Map<string, boolean>();
  const labelValues = new Map<string, boolean>();
  const isLabelKey = (key: string) => isSound(labelKeys, key, qualifiedName);
  const isLabelValue = (value: Json) => typeof value === 'string' && isSound(labelValues, value, labelValue);
  const areLabels = (labels: Json | undefined) => everyEntry(labels, (key, value) => isLabelKey(key) && isLabelValue(value));
  const areIdle = (annotations: Json | undefined) =>
    everyEntry(annotations, (key, value) => isLabelKey(key) && !isRead(key) && typeof value === 'string' && value.length <= longText);

  return (object, place) => {
    const { apiVersion = null, kind = null, metadata, spec } = object;
    if (!hasOnly(object, fields) || !isMap(metadata) || !isMap(spec) || !hasOnly(metadata, metadataFields)) return undefined;
    const { name, namespace = place, labels, annotations } = metadata;
    if (typeof name !== 'string' || typeof namespace !== 'string' || namespace === '') return undefined;
    if (dns1035Label(name).length > 0 || !areLabels(labels) || !areIdle(annotations)) return undefined;
    const { selector, ports = null, ...otherSpec } = spec;
    if (!isMap(selector) || hasOnly(selector, []) || !areLabels(selector)) return undefined;
    const otherPorts = withoutTargets(ports);
    if (otherPorts === undefined) return undefined;
    return { text: JSON.stringify([apiVersion, kind, namespace, otherSpec, otherPorts]), name, namespace };
  };
}

const fields = ['apiVersion', 'kind', 'metadata', 'spec'];
const metadataFields = ['name', 'namespace', 'labels', 'annotations'];

/** Far below what all annotations may have together; and nobody writes hundreds of those. */
const longText = 1_000;
const manyEntries = 100;

/**
 * Domains whose annotations somebody may read: VM Operator's, NSX's, Kubernetes', and this tool's. Beware: an annotation that a judgement
 * depends on has to be of one of them; the test holds every key that the judges know against this.
 */
const readDomains = /(?:^|\.)(?:vmware\.com|ncp|kubernetes\.io|k8s\.io|vmsvc)(?:[./]|$)/i;

function isRead(key: string): boolean {
  return readDomains.test(key);
}

function hasOnly(map: JsonObject, known: readonly string[]): boolean {
  for (const key in map) if (!known.includes(key)) return false;
  return true;
}

/** Any port of a VM is as good as another. Undefined where one is none. */
function withoutTargets(ports: Json): Json | undefined {
  if (!isList(ports)) return undefined;
  const others: Json[] = [];
  for (const port of ports) {
    if (!isMap(port)) return undefined;
    const { targetPort = null, ...rest } = port;
    if (typeof targetPort !== 'number' || !Number.isInteger(targetPort) || portNumber(targetPort).length > 0) return undefined;
    others.push(rest);
  }
  return others;
}

/** Whether this is a small map and all of it is as it should be; nothing at all is fine, too. */
function everyEntry(map: Json | undefined, isRight: (key: string, value: Json) => boolean): boolean {
  if (map === undefined) return true;
  if (!isMap(map)) return false;
  let entries = 0;
  for (const key in map) {
    entries += 1;
    if (entries > manyEntries || !isRight(key, map[key] ?? null)) return false;
  }
  return true;
}

/** Whether there is nothing to complain about; found out once. */
function isSound(known: Map<string, boolean>, text: string, complaintsAbout: (text: string) => readonly string[]): boolean {
  const found = known.get(text);
  if (found !== undefined) return found;
  const isRight = complaintsAbout(text).length === 0;
  known.set(text, isRight);
  return isRight;
}
