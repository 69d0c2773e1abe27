const second = 1000;

/** A duration as Go prints it: `2m0s`, `1h0m0s`, `1.5s`, `500ms`, `0s`. Milliseconds; the sign is kept. */
export function goDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${goDuration(-milliseconds)}`;
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1) return `${rounded(milliseconds * 1000)}µs`;
  if (milliseconds < second) return `${rounded(milliseconds)}ms`;
  const seconds = rounded((milliseconds % (60 * second)) / second);
  const minutes = Math.floor(milliseconds / (60 * second));
  if (minutes === 0) return `${seconds}s`;
  return minutes < 60 ? `${minutes}m${seconds}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`;
}

/** Without what a sum of fractions leaves behind. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
