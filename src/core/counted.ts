/** `1 object`, `3 objects`, `0 Endpoints`: a number and what there is so much of. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
