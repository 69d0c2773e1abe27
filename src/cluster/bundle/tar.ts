import { ArchiveError } from './archive-error.ts';

/** A file of an archive, in memory: nothing is ever written to a disk under the name that an archive says. */
export interface TarMember {
  readonly name: string;
  readonly content: Buffer;
}

const block = 512;

/** An archive as `tar` reads it (POSIX ustar): regular files of one owner, readable by it alone. */
export function writeTar(members: readonly TarMember[], modified: Date): Buffer {
  const parts = members.flatMap(({ name, content }) => [
    header(name, content.length, modified),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(name: string, size: number, modified: Date): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`the name ${name} does not fit into a tar header`);
  const buffer = Buffer.alloc(block);
  const octal = (value: number, offset: number, length: number) =>
    buffer.write(value.toString(8).padStart(length - 1, '0'), offset, length - 1, 'ascii');
  buffer.write(name, 0, 100, 'utf8');
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.max(0, Math.floor(modified.getTime() / 1000)), 136, 12);
  buffer.write('        ', 148, 8, 'ascii');
  buffer.write('0', 156, 1, 'ascii');
  buffer.write('ustar\0' + '00', 257, 8, 'ascii');
  buffer.write(`${checksum(buffer).toString(8).padStart(6, '0')}\0 `, 148, 8, 'ascii');
  return buffer;
}

export interface TarLimits {
  readonly members: number;
  /** Of one name, in bytes. */
  readonly name: number;
  /** Takes what is whole of an archive that is cut short. */
  readonly partial: boolean;
}

/**
 * The members of an archive. Everything that is not a plain regular file with a plain relative name is refused by name.
 * @throws ArchiveError with one sentence
 */
export function readTar(archive: Buffer, limits: TarLimits): readonly TarMember[] {
  const members: TarMember[] = [];
  const seen = new Set<string>();
  let offset = 0;
  for (;;) {
    if (offset + block > archive.length) {
      if (limits.partial) return members;
      throw new ArchiveError('it is cut short');
    }
    const head = archive.subarray(offset, offset + block);
    if (head.every((byte) => byte === 0)) break;
    const { name, size, type } = readHeader(head);
    if (type !== '0' && type !== '\0') throw new ArchiveError(`member ${JSON.stringify(name)} is ${typeName(type)}, not a regular file`);
    const problem = nameProblem(name, limits.name);
    if (problem !== undefined) throw new ArchiveError(`member ${JSON.stringify(name.slice(0, 80))} ${problem}`);
    if (seen.has(name)) throw new ArchiveError(`there are two members called ${JSON.stringify(name)}`);
    if (members.length >= limits.members) throw new ArchiveError(`it has more than ${limits.members} members`);
    seen.add(name);
    const start = offset + block;
    if (start + size > archive.length) {
      if (limits.partial) return members;
      throw new ArchiveError(`it is cut short in member ${JSON.stringify(name)}`);
    }
    members.push({ name, content: archive.subarray(start, start + size) });
    offset = start + Math.ceil(size / block) * block;
  }
  if (archive.subarray(offset).some((byte) => byte !== 0)) throw new ArchiveError('something follows the end of the archive');
  return members;
}

function readHeader(head: Buffer): { readonly name: string; readonly size: number; readonly type: string } {
  const told = Number.parseInt(textIn(head, 148, 8).trim() || 'x', 8);
  if (told !== checksum(head)) throw new ArchiveError('a checksum is wrong: it is damaged, or no tar archive');
  const prefix = textIn(head, 257, 5) === 'ustar' ? textIn(head, 345, 155) : '';
  const own = textIn(head, 0, 100);
  const sizeText = textIn(head, 124, 12).trim();
  const name = prefix === '' ? own : `${prefix}/${own}`;
  if (!/^[0-7]{1,11}$/.test(sizeText)) throw new ArchiveError(`member ${JSON.stringify(name)} has no size that can be read`);
  return { name, size: Number.parseInt(sizeText, 8), type: String.fromCharCode(head[156] ?? 0) };
}

/** The sum of all bytes, with blanks where it stands itself. */
function checksum(head: Buffer): number {
  let sum = 0;
  for (const [index, byte] of head.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  return sum;
}

function textIn(head: Buffer, offset: number, length: number): string {
  const field = head.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

function nameProblem(name: string, longest: number): string | undefined {
  if (name === '' || Buffer.byteLength(name) > longest) return 'has a name that is empty or too long';
  if (/^[/\\]|^[a-z]:/i.test(name)) return 'has an absolute path';
  if (name.split(/[/\\]/).some((part) => part === '..' || part === '.' || part === '')) return 'leads out of the archive';
  if (/[\p{Cc}\\]/u.test(name)) return 'has a name with characters that no bundle uses';
  return undefined;
}

function typeName(type: string): string {
  const known: Readonly<Record<string, string>> = {
    '1': 'a hard link',
    '2': 'a symbolic link',
    '3': 'a device',
    '4': 'a device',
    '5': 'a folder',
    '6': 'a named pipe',
    L: 'a GNU long name',
    K: 'a GNU long link',
    S: 'a sparse file',
    x: 'a pax header',
    g: 'a pax header',
  };
  return known[type] ?? `of the unknown type ${JSON.stringify(type)}`;
}
