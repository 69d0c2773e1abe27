/** Where a path of the resource API points, before anybody has looked whether it is served. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  readonly plural: string;
  readonly name?: string;
  readonly subresource?: string;
  /** What follows the subresource: the path behind `…/proxy/`. */
  readonly rest: readonly string[];
}

/** A path cut at its slashes and decoded; `malformed` says what is wrong with it. */
export type PathSegments = { readonly segments: readonly string[] } | { readonly malformed: string };

/**
 * The segments of a request's path, each decoded by itself, so that an encoded slash can never become a border.
 * One slash at the end is ignored, as kube-apiserver does.
 */
export function segmentsOf(path: string): PathSegments {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  if (trimmed === '') return { segments: [] };
  const segments: string[] = [];
  for (const part of trimmed.split('/')) {
    const segment = decode(part);
    if (segment === undefined) return { malformed: `the path contains "${part}", which is not a percent-encoded text` };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    if (/[\u0000-\u001f\u007f/]/.test(segment) || segment === '.' || segment === '..') {
      return { malformed: `the path contains "${part}", which no resource can be called` };
    }
    segments.push(segment);
  }
  return { segments };
}

/** Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined for any other path, and for one without a resource. */
export function resourcePath(segments: readonly string[]): ResourcePath | undefined {
  const [root, ...more] = segments;
  const [group, version, ...path] = root === 'api' ? ['', ...more] : more;
  if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined) return undefined;
  const [first, second, third, ...rest] = path;
  if (first === undefined) return undefined;
  const place = { group, version };
  if (first === 'namespaces' && second !== undefined && third !== undefined && !namespaceSubresources.has(third)) {
    const [name, subresource, ...behind] = rest;
    return { ...place, namespace: second, plural: third, ...below(name, subresource), rest: behind };
  }
  return { ...place, plural: first, ...below(second, third), rest };
}

/** `/api/v1/namespaces/prod/status` is the status of a namespace, and not the resource `status` in one. */
const namespaceSubresources = new Set(['status', 'finalize']);

function below(name: string | undefined, subresource: string | undefined): { readonly name?: string; readonly subresource?: string } {
  return { ...(name === undefined ? {} : { name }), ...(subresource === undefined ? {} : { subresource }) };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
