import { catalogue } from '../src/core/catalogue/catalogue.ts';
import { type FindingCode, findingWords } from '../src/core/finding-codes.ts';
import { families, familyOf, familyTitles, findingCodes } from '../src/core/finding-family.ts';
import { articleMarkdown } from '../src/render/article-markdown.ts';

/** docs/findings.md: the catalogue of codes, a heading each. */
export function findingsPage(): string {
  const sections = families.map((family) => {
    const codes = findingCodes.filter((code) => familyOf(code) === family);
    return [
      `## ${familyTitles[family]}`,
      ...codes.map((code) => `### ${headingOf(code)}\n\n${articleMarkdown(catalogue[code], anchorOf)}`),
    ];
  });
  return `${[findingsHead, ...sections.flat()].map((part) => part.trimEnd()).join('\n\n')}\n`;
}

const findingsHead = `# Findings

Written by \`npm run generate\`; \`kubectl vmsvc explain CODE\` prints the same. A code and its word never change and are never used again.

* **error**: traffic does not or cannot work, or something is blocked. **warning**: it works now, or in part, and is likely to bite. **info**: it looks odd and is all right.
* **certain**: the fields prove it. **likely**: they fit one dominant cause. **hint**: something to look at.
* What could not be read is unknown (VMS910), and never called absent.
* In commands NAME is the VirtualMachineService and VM a VirtualMachine; \`-n\` says in which namespace.

${families.map((family) => `* [${familyTitles[family]}](#${slugOf(familyTitles[family])})`).join('\n')}`;

function headingOf(code: FindingCode): string {
  return `${code} ${findingWords[code]}`;
}

function anchorOf(code: FindingCode): string {
  return `#${slugOf(headingOf(code))}`;
}

/** As GitHub makes the address of a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
