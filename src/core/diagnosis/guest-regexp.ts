/**
 * Whether the value of a guestInfo probe surely is no regular expression for VM Operator, which is written in Go: RE2 has no look-around
 * and no back-references. What only Go knows is not judged.
 */
export function isNoRegularExpression(value: string): boolean {
  if (/\\Q/.test(value)) return false;
  // What is escaped means itself, and a class may hold anything.
  const bare = value.replace(/\\[^\d]/gs, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  if (/\(\?(<?[=!])/.test(bare) || /\\[1-9]/.test(bare)) return true;
  const common = value
    .replace(/\(\?P?<\w+>/g, '(')
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:');
  try {
    new RegExp(common);
    return false;
  } catch {
    return true;
  }
}
