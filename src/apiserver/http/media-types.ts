/** One media type of an Accept or Content-Type header, with its parameters. */
export interface MediaType {
  /** `application/json`, in lower case. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What a client wants a resource's answer to look like. */
export type Representation =
  | { readonly as: 'object'; readonly mediaType: string }
  | { readonly as: 'table'; readonly mediaType: string; readonly version: 'v1' | 'v1beta1' }
  | { readonly as: 'metadata'; readonly mediaType: string; readonly version: 'v1' | 'v1beta1'; readonly list: boolean };

/** What discovery can be asked for: everything in one document, or the older form. */
export type DiscoveryForm = { readonly aggregated: 'v2' | 'v2beta1' } | 'legacy';

/**
 * The first acceptable form in the client's order of preference; undefined when nothing fits, which is a 406.
 * JSON is all that is written: it is YAML too, so a client that asks for YAML gets it under that name.
 * Protobuf and CBOR are passed over in favour of the JSON that every client names beside them.
 */
export function representationOf(accept: string | undefined): Representation | undefined {
  for (const media of acceptable(accept)) {
    const mediaType = writable(media.name);
    const representation = mediaType === undefined ? undefined : asked(media.parameters, mediaType);
    if (representation !== undefined) return representation;
  }
  return undefined;
}

/** Undefined when nothing fits. */
export function discoveryFormOf(accept: string | undefined): DiscoveryForm | undefined {
  for (const { name, parameters } of acceptable(accept)) {
    if (writable(name) === undefined) continue;
    const [as, group, version] = ['as', 'g', 'v'].map((parameter) => parameters.get(parameter));
    if (as === undefined) return 'legacy';
    if (as !== 'APIGroupDiscoveryList' || group !== 'apidiscovery.k8s.io') continue;
    if (version === 'v2' || version === 'v2beta1') return { aggregated: version };
  }
  return undefined;
}

/** The media type of a request's body; kube-apiserver takes a missing one for JSON. */
export function bodyTypeOf(contentType: string | undefined): string {
  const name = parseMediaType(contentType ?? '')?.name ?? '';
  return name === '' ? 'application/json' : name;
}

/** Whether JSON is acceptable at all, for answers that have only one form. */
export function acceptsJson(accept: string | undefined): boolean {
  return acceptable(accept).some(({ name }) => writable(name) !== undefined);
}

function asked(parameters: ReadonlyMap<string, string>, mediaType: string): Representation | undefined {
  const [as, group, version] = ['as', 'g', 'v'].map((parameter) => parameters.get(parameter));
  if (as === undefined) return { as: 'object', mediaType };
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (as === 'Table') return { as: 'table', mediaType, version };
  if (as === 'PartialObjectMetadata') return { as: 'metadata', mediaType, version, list: false };
  if (as === 'PartialObjectMetadataList') return { as: 'metadata', mediaType, version, list: true };
  return undefined;
}

function writable(name: string): string | undefined {
  if (name === 'application/json' || name === '*/*' || name === 'application/*') return 'application/json';
  return name === 'application/yaml' ? name : undefined;
}

/** The header's types, the most wanted first. No header wants anything. */
function acceptable(accept: string | undefined): readonly MediaType[] {
  const types = (accept === undefined || accept.trim() === '' ? '*/*' : accept).split(',').flatMap((text) => parseMediaType(text) ?? []);
  const weighted = types.map((media) => ({ media, weight: weightOf(media) })).filter(({ weight }) => weight > 0);
  return weighted.sort((one, other) => other.weight - one.weight).map(({ media }) => media);
}

function weightOf({ parameters }: MediaType): number {
  const weight = Number(parameters.get('q') ?? '1');
  return Number.isNaN(weight) ? 1 : weight;
}

function parseMediaType(text: string): MediaType | undefined {
  const [name = '', ...rest] = text.split(';').map((part) => part.trim());
  if (name === '') return undefined;
  const parameters = rest.flatMap((part): [string, string][] => {
    const [key = '', value = ''] = part.split('=').map((side) => side.trim());
    return key === '' ? [] : [[key.toLowerCase(), value.replace(/^"(.*)"$/, '$1')]];
  });
  return { name: name.toLowerCase(), parameters: new Map(parameters) };
}
