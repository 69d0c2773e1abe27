import { plainStyle, type Style } from '../render/style.ts';
import { wantsColour, wantsUtf8 } from '../render/terminal.ts';
import type { Io, TextSink } from './io.ts';
import type { Flags } from './spec.ts';

/** The style for one stream: colours are loaded only where they will be seen. */
export async function styleFor(stream: TextSink, flags: Flags, io: Io): Promise<Style> {
  const flag = flags.text('color');
  const wanted = wantsColour({ flag: flag === 'always' || flag === 'never' ? flag : 'auto', isTTY: stream.isTTY, env: io.env });
  const utf8 = wantsUtf8(io.env);
  return wanted ? (await import('../render/colour.ts')).colourStyle(utf8, 1) : plainStyle(utf8);
}
