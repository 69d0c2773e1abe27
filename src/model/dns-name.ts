/** A DNS subdomain, as the names of nearly all objects have to be. It can neither be a flag nor mean anything to a shell. */
export function isDnsName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}
