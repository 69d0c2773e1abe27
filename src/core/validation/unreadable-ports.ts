import { isList, type JsonObject } from '../../model/object.ts';
import { isMap, rawNumber } from '../../model/raw-json.ts';
import { at, type Complaint } from './refusal.ts';
import { readSpec } from './written-spec.ts';

/**
 * Ports that no int32 holds, and that the webhook takes all the same, because it sees what is left of them. The controller reads the
 * stored number, and cannot: no Service is made.
 */
export function unreadablePorts(object: JsonObject): readonly Complaint[] {
  const spec = isMap(object['spec']) ? object['spec'] : {};
  const ports = isList(spec['ports']) ? spec['ports'] : [];
  return readSpec(object).ports.flatMap((seen) =>
    (['port', 'targetPort'] as const).flatMap((name): Complaint[] => {
      const port = ports[seen.index];
      const value = isMap(port) ? port[name] : undefined;
      const written = typeof value === 'number' ? value : Number(rawNumber(value));
      if (!(Math.abs(written) >= 2 ** 31)) return [];
      const field = `spec.ports[${seen.index}].${name}`;
      const digits = typeof value === 'number' ? String(value) : rawNumber(value);
      return [
        {
          code: 'VMS103',
          field,
          at: at(['spec', 'ports', seen.index, name]),
          message: `${field}: Invalid value: ${digits}: must be between 1 and 65535, inclusive`,
          fix: 'use a number from 1 to 65535',
          why: `the webhook sees ${seen[name]} and takes it, but no controller can read the object then`,
        },
      ];
    }),
  );
}
