import { isNameOfVmOperator } from '../core/live-controller.ts';
import { usageError } from './errors.ts';
import type { Flags } from './spec.ts';

/**
 * The name under which the server keeps what is written: `--field-manager`. Its length and letters are checked as the API server
 * checks them; VM Operator's own names are refused, because by them it is seen at work.
 * @throws CliError for a name that cannot be had
 */
export function fieldManagerOf(flags: Flags, command: string): string {
  const name = flags.text('field-manager') ?? '';
  const said = `--field-manager ${JSON.stringify(name)}`;
  if (name === '' || name.length > 128 || /[^\x20-\x7e]/.test(name))
    throw usageError(`${said}: must have 1 to 128 characters that can be printed`, command);
  if (isNameOfVmOperator(name)) throw usageError(`${said}: VM Operator writes under that name, and is told from others by it`, command);
  return name;
}
