/**
 * What Kubernetes demands of names, labels and ports. Each function returns the complaints about a value, none if it is good.
 * The words are kube-apiserver's, so that a manifest refused here is refused with the same text there.
 */

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const label1123Pattern = new RegExp(`^${label1123}$`);
const subdomain1123Pattern = new RegExp(`^${subdomain1123}$`);
const label1035Pattern = new RegExp(`^${label1035}$`);
const qualifiedPattern = new RegExp(`^${qualified}$`);
/** With or without a prefix: what may be short enough to be good as a whole. */
const plainQualifiedPattern = new RegExp(`^(${subdomain1123}/)?${qualified}$`);
const labelValuePattern = new RegExp(`^(${qualified})?$`);

const qualifiedText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualified}')`;

export function dns1123Label(value: string): readonly string[] {
  const complaints = longerThan(value, 63);
  if (label1123Pattern.test(value)) return complaints;
  if (subdomain1123Pattern.test(value)) return [...complaints, 'must not contain dots'];
  return [
    ...complaints,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
      `alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label1123}')`,
  ];
}

export function dns1123Subdomain(value: string): readonly string[] {
  const complaints = longerThan(value, 253);
  if (subdomain1123Pattern.test(value)) return complaints;
  return [
    ...complaints,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
      `alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain1123}')`,
  ];
}

/** The name of a Service. */
export function dns1035Label(value: string): readonly string[] {
  const complaints = longerThan(value, 63);
  if (label1035Pattern.test(value)) return complaints;
  return [
    ...complaints,
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an " +
      `alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
  ];
}

/**
 * A name that can stand in a path, and nothing more: RBAC objects and custom events may be called almost anything. To the prefix of one
 * something is added.
 */
export function pathSegment(value: string, isPrefix = false): readonly string[] {
  if (!isPrefix && (value === '.' || value === '..')) return [`may not be '${value}'`];
  return ['/', '%'].filter((sign) => value.includes(sign)).map((sign) => `may not contain '${sign}'`);
}

/** The key of a label or annotation, and the name of a finalizer: `[prefix/]name`. */
export function qualifiedName(value: string): readonly string[] {
  if (value.length <= 63 && plainQualifiedPattern.test(value)) return [];
  const parts = value.split('/');
  if (parts.length > 2)
    return [`a qualified name ${qualifiedText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const complaints: string[] = [];
  const [prefix, name] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : [undefined, value];
  if (prefix === '') complaints.push('prefix part must be non-empty');
  else if (prefix !== undefined) complaints.push(...dns1123Subdomain(prefix).map((text) => `prefix part ${text}`));
  if (name === '') complaints.push('name part must be non-empty');
  else complaints.push(...longerThan(name, 63).map((text) => `name part ${text}`));
  if (!qualifiedPattern.test(name)) complaints.push(`name part ${qualifiedText}`);
  return complaints;
}

export function labelValue(value: string): readonly string[] {
  const complaints = longerThan(value, 63);
  if (labelValuePattern.test(value)) return complaints;
  return [
    ...complaints,
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
      `alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualified})?')`,
  ];
}

/** The key of an entry of a ConfigMap or a Secret, which may become the name of a file. */
export function dataKey(value: string): readonly string[] {
  const complaints = longerThan(value, 253);
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    complaints.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
        "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    );
  }
  if (value === '.' || value === '..') complaints.push(`must not be '${value}'`);
  else if (value.startsWith('..')) complaints.push("must not start with '..'");
  return complaints;
}

export function portNumber(value: number): readonly string[] {
  return value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** A named target port. */
export function portName(value: string): readonly string[] {
  const complaints = longerThan(value, 15);
  if (!/^[-a-z0-9]+$/.test(value)) complaints.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) complaints.push('must contain at least one letter (a-z)');
  if (value.includes('--')) complaints.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) complaints.push('must not begin or end with a hyphen');
  return complaints;
}

function longerThan(value: string, limit: number): string[] {
  return value.length > limit ? [`must be no more than ${limit} characters`] : [];
}

/** Whether nearly every object could have this name. Such a name can neither be a flag nor mean anything to a shell. */
export function isDnsName(value: string): boolean {
  return dns1123Subdomain(value).length === 0;
}

/** What is shown in another way than it is written, as line breaks and whatever nobody sees, would be another command when pasted. */
export function isTypeable(word: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(word);
}
