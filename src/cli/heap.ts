/**
 * For runs over thousands of objects. What is read stays, and V8 takes many survivors for a reason to double, again and again, the
 * space in which new objects are made: at its end that alone is 64 MiB. From here on it stays as it is, which costs a few
 * collections more.
 */
export async function keepHeapSmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}
