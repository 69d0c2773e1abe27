import { type YamlFault, YamlRefusal } from './yaml-fault.ts';

/** What stands between two lines of `---`. */
export interface YamlPart {
  readonly start: number;
  readonly end: number;
  /** What is wrong with the line before it. */
  readonly fault: YamlFault | undefined;
}

/**
 * YAML in the parts that kubectl takes it in: it cuts at every line that begins with `---`, before it looks at what is around it.
 *
 * Mirrors YAMLReader of k8s.io/apimachinery.
 */
export function yamlParts(text: string): readonly YamlPart[] {
  const parts: YamlPart[] = [];
  let start = 0;
  let fault: YamlFault | undefined;
  for (const { index, 0: line, 1: behind = '' } of text.matchAll(/^---([^\n]*)\n?/gm)) {
    // `^` knows more line ends than kubectl, which cuts at LF.
    if (index > 0 && text[index - 1] !== '\n') continue;
    if (index > 0) parts.push({ start, end: index, fault });
    const said = behind.trimStart();
    const at = index + '---'.length + behind.length - said.length;
    const isSound = said === '' || said.startsWith('#');
    fault = isSound ? undefined : new YamlRefusal('Syntax', at, 'only a comment may stand behind ---', 'write it on the next line');
    start = index + line.length;
  }
  return [...parts, { start, end: text.length, fault }];
}
