/** A moment as Kubernetes writes it: RFC 3339 in UTC and whole seconds, `2026-11-20T12:00:00Z`. */
export function timestampOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}
