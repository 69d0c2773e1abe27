import { forbidden } from '../field-errors.ts';
import { at } from '../validation/refusal.ts';
import type { WrittenSpec } from '../validation/written-spec.ts';
import type { Refused } from './refused.ts';

const recreate =
  'delete it and create it anew, which may change its address; or create another one beside it, move the clients, and delete this one';

export function immutableRefusals(spec: WrittenSpec, old: WrittenSpec): readonly Refused[] {
  const changed = (field: string, key: string): Refused => ({
    code: 'VMS105',
    error: forbidden(field, 'field is immutable'),
    at: at(['spec', key]),
    fix: recreate,
  });
  return [
    ...(spec.type === old.type ? [] : [changed('spec.type', 'type')]),
    ...(spec.clusterIp === old.clusterIp ? [] : [changed('spec.clusterIP', 'clusterIp')]),
  ];
}
