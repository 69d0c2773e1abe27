import type { Finding, Severity } from '../core/finding.ts';
import type { Style } from './style.ts';

export function paintSeverity(severity: Severity, style: Style): (text: string) => string {
  switch (severity) {
    case 'error':
      return style.bad;
    case 'warning':
      return style.warn;
    case 'info':
      return style.dim;
  }
}

/** `ERROR`, `WARNING`, `INFO`, and `UNKNOWN` for what could not be looked at, painted; padded to `width` columns. */
export function levelText({ code, severity }: Pick<Finding, 'code' | 'severity'>, style: Style, width = 0): string {
  // What could not be looked at is neither good nor bad.
  const word = code === 'VMS910' ? 'UNKNOWN' : severity.toUpperCase();
  return paintSeverity(severity, style)(word.padEnd(width));
}
