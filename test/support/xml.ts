/** An element as it was read. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Of the element itself, trimmed. */
  readonly text: string;
}

/**
 * Reads the XML that a report is made of: elements, attributes, text and the five entities, nothing else.
 * @throws Error for anything that is not well-formed
 */
export function readXml(text: string): XmlElement {
  const tokens = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '').match(/<[^<>]*>|[^<>]+/g) ?? [];
  if (tokens.join('').length !== text.length - '<?xml version="1.0" encoding="UTF-8"?>\n'.length) throw new Error('a stray < or >');
  const queue = tokens.values();
  const root = element(queue, next(queue));
  if ([...queue].join('').trim() !== '') throw new Error('text behind the root element');
  return root;
}

function next(queue: Iterator<string>): string {
  const { value, done } = queue.next();
  if (done === true || typeof value !== 'string') throw new Error('it ends within an element');
  return value;
}

function element(queue: Iterator<string>, tag: string): XmlElement {
  const head = /^<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>$/.exec(tag);
  if (head === null) throw new Error(`${tag} is no tag`);
  const [, name = '', list = '', closed] = head;
  const attributes = Object.fromEntries(
    [...list.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decoded(value)]),
  );
  const children: XmlElement[] = [];
  let text = '';
  while (closed === '') {
    const token = next(queue);
    if (token === `</${name}>`) break;
    if (token.startsWith('<')) children.push(element(queue, token));
    else text += decoded(token);
  }
  return { name, attributes, children, text: text.trim() };
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decoded(text: string): string {
  if ([...text].some((character) => character < ' ' && !'\t\n\r'.includes(character)))
    throw new Error('a character that XML does not have');
  return text.replaceAll(/&(\w*;?)/g, (whole, name: string) => {
    const character = name.endsWith(';') ? entities.get(name.slice(0, -1)) : undefined;
    if (character === undefined) throw new Error(`${whole} is no entity`);
    return character;
  });
}
