import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// CommonJS packages of the tests alone. Required when a report is checked: the SARIF schema takes its time to compile.
const require = createRequire(import.meta.url);

interface JsonSchemaChecker {
  addMetaSchema(schema: unknown): unknown;
  compile(schema: unknown): ((value: unknown) => boolean) & { readonly errors?: readonly { dataPath: string; message: string }[] | null };
}

interface XmlChecker {
  validateXML(input: {
    xml: { fileName: string; contents: string };
    schema: string;
  }): Promise<{ valid: boolean; errors: readonly { rawMessage: string }[] }>;
}

let checkSarif: ReturnType<JsonSchemaChecker['compile']> | undefined;

/** What the JSON schema of SARIF 2.1.0 has to say against a text. */
export function sarifProblems(text: string): readonly string[] {
  checkSarif ??= compileSarif();
  return checkSarif(JSON.parse(text)) ? [] : (checkSarif.errors ?? []).map(({ dataPath, message }) => `${dataPath} ${message}`);
}

function compileSarif(): ReturnType<JsonSchemaChecker['compile']> {
  const Ajv: new (options: object) => JsonSchemaChecker = require('ajv');
  const checker = new Ajv({ schemaId: 'id', meta: false, allErrors: true, format: 'full' });
  checker.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
  return checker.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
}

/** What the schema of JUnit reports has to say against a text. */
export async function junitProblems(text: string): Promise<readonly string[]> {
  const { validateXML }: XmlChecker = require('xmllint-wasm');
  const schema = readFileSync(join(import.meta.dirname, 'junit.xsd'), 'utf8');
  const { errors } = await validateXML({ xml: { fileName: 'report.xml', contents: text }, schema });
  return errors.map(({ rawMessage }) => rawMessage);
}
