import { mendText } from '../../cluster/files/mend-text.ts';
import type { Finding } from '../../core/finding.ts';
import type { LoadedFile } from './loaded-files.ts';
import { findingKey, type Repairs } from './verdicts.ts';

/**
 * Of findings with one right answer, those whose place in the file can be changed without changing something else as well: what `--fix`
 * would do is tried. Undefined where the files are so long that nobody would want to wait for that.
 */
export async function mendableFindings(
  findings: readonly Finding[],
  files: readonly LoadedFile[],
  repairs: Repairs,
): Promise<readonly Finding[] | undefined> {
  const named = new Set(findings.map(({ location }) => location?.file));
  const concerned = files.filter(({ name }) => named.has(name));
  if (concerned.reduce((sum, { text = '' }) => sum + text.length, 0) > mostTried) return undefined;
  const refused = new Set<string>();
  for (const { name, text = '' } of concerned) {
    const mended = await mendText(text, (object) => repairs.of(object));
    for (const { finding } of mended.refused) refused.add(findingKey(name, finding));
  }
  return findings.filter((finding) => !refused.has(findingKey(finding.location?.file ?? '', finding)));
}

const mostTried = 256 * 1024;
