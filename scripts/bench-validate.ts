import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { JsonObject } from '../src/model/object.ts';
import { type Bench, median, type Row, row } from './bench-measure.ts';

const documents = 10_000;
const times = 5;
const mostMemory = 512 * 1024 * 1024;

/**
 * Rows B8: `validate` of ten thousand services in ten megabytes, against a process that does nothing but parse them; the two alternate.
 * The memory is that of the last.
 */
export function validateRows(bench: Bench): readonly Row[] {
  const [inJson, inYaml] = ['B8 validate 10,000 in JSON', 'B8 validate 10,000 in YAML'];
  if (!bench.wants(inJson) && !bench.wants(inYaml)) return [];
  const services = Array.from({ length: documents }, (_, index) => aService(index));
  const json = join(bench.folder, 'services.json');
  const yaml = join(bench.folder, 'services.yaml');
  writeFileSync(json, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: services }));
  writeFileSync(yaml, services.map((service) => stringify(service)).join('---\n'));
  const library = JSON.stringify(createRequire(import.meta.url).resolve('yaml'));
  const read = (file: string): string => `require('fs').readFileSync(${JSON.stringify(file)}, 'utf8')`;
  const rows: Row[] = [];
  if (bench.wants(inJson)) rows.push(against(inJson, json, 'JSON.parse', `JSON.parse(${read(json)})`, 4, bench));
  if (bench.wants(inYaml)) {
    const script = `require(${library}).parseAllDocuments(${read(yaml)})`;
    rows.push(against(inYaml, yaml, 'yaml parseAllDocuments', script, 2, bench));
  }
  const { peakMemory } = bench.doneWithin(['validate', '-f', bench.wants(inYaml) ? yaml : json]);
  return [...rows, row('B8 memory of that, MiB', [peakMemory / 1024 / 1024], '512 MiB', mostMemory / 1024 / 1024, 1)];
}

function against(what: string, file: string, base: string, script: string, budget: number, bench: Bench): Row {
  const [own, bases]: [number[], number[]] = [[], []];
  for (let run = 0; run < times; run += 1) {
    bases.push(bench.doneRaw(script));
    own.push(bench.done(['validate', '-f', file]));
  }
  return row(what, own, base, median(bases), budget);
}

/** About a kilobyte. */
function aService(index: number): JsonObject {
  const labels = Object.fromEntries(
    Array.from({ length: 8 }, (_, label) => [`example.com/label-${label}`, `value-${index % 97}-${label}`]),
  );
  return {
    apiVersion: 'vmoperator.vmware.com/v1alpha5',
    kind: 'VirtualMachineService',
    metadata: { name: `web-${index}`, namespace: `ns-${index % 20}`, labels, annotations: { 'example.com/note': 'x'.repeat(350) } },
    spec: {
      type: 'LoadBalancer',
      selector: { app: `web-${Math.floor(index / 10)}` },
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 },
        { name: 'https', protocol: 'TCP', port: 443, targetPort: 8000 + (index % 100) },
      ],
    },
  };
}
