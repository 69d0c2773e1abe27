/**
 * Converts VM Operator's CustomResourceDefinitions from YAML to the compact JSON that the project carries.
 *
 *   node scripts/vendor-crds.ts FOLDER
 *
 * FOLDER has one folder a release profile (A … E) with the files of that release's `config/crd/bases`;
 * a file named `netoperator…networksettings.yaml` in any of them becomes `networksettings.json`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const profiles = ['A', 'B', 'C', 'D', 'E'];
const target = join(import.meta.dirname, '..', 'src', 'apiserver', 'crds');

function convert(folder: string): void {
  mkdirSync(target, { recursive: true });
  for (const profile of profiles) {
    const own: unknown[] = [];
    for (const file of readdirSync(join(folder, profile)).sort()) {
      if (!file.endsWith('.yaml')) continue;
      const definition: unknown = parse(readFileSync(join(folder, profile, file), 'utf8'));
      if (file.startsWith('netoperator.')) write('networksettings', [definition]);
      else own.push(definition);
    }
    write(profile, own);
  }
}

function write(name: string, definitions: readonly unknown[]): void {
  const text = `${JSON.stringify(definitions)}\n`;
  writeFileSync(join(target, `${name}.json`), text);
  console.log(`${name}.json: ${definitions.length} definitions, ${text.length} bytes`);
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node scripts/vendor-crds.ts FOLDER');
  process.exitCode = 2;
} else {
  convert(folder);
}
