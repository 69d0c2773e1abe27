/** Of so many bytes is a piece, and a little less. */
const pieceBytes = 256 * 1024;
const beforeItems = '"items":[';
const opening = Buffer.from(`{${beforeItems}`);
const closing = Buffer.from(']}');

/**
 * Reads the JSON text of a list while it comes, and hands on lists of some of its items, so that neither all of the text nor all of the
 * objects that were parsed of it are ever there at once. Cut is between items, of which each begins with its type, as API servers write
 * custom resources; what is not written like that is left whole.
 *
 * Nothing but an item begins like an item: within a text its quotes would be escaped. Where one holds another in a list, what is cut
 * there is no JSON, which whoever parses it notices.
 */
export class ListReader {
  readonly #item: string;
  readonly #onPiece: (list: Buffer) => void;
  #head: Buffer | undefined;
  #cannotBeCut = false;
  #parts: Buffer[] = [];
  #size = 0;

  /** @param onPiece takes `{"items":[…]}` */
  constructor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }, onPiece: (list: Buffer) => void) {
    this.#item = `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(kind)},`;
    this.#onPiece = onPiece;
  }

  add(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#size < pieceBytes || this.#cannotBeCut) return;
    const text = this.#afterHead(Buffer.concat(this.#parts));
    const end = this.#cannotBeCut ? -1 : text.lastIndexOf(`,${this.#item}`);
    if (end > 0) this.#onPiece(Buffer.concat([opening, text.subarray(0, end), closing]));
    const rest = end > 0 ? text.subarray(end + 1) : text;
    this.#parts = [rest];
    // What cannot be cut now is looked at again when as much more has come.
    this.#size = end > 0 ? rest.length : 0;
  }

  /** The list with the items that were not handed on. */
  rest(): Buffer {
    return Buffer.concat([this.#head ?? Buffer.alloc(0), ...this.#parts]);
  }

  #afterHead(text: Buffer): Buffer {
    if (this.#head !== undefined) return text;
    const start = text.indexOf(beforeItems + this.#item);
    this.#cannotBeCut = start < 0;
    if (this.#cannotBeCut) return text;
    const from = start + beforeItems.length;
    this.#head = text.subarray(0, from);
    return text.subarray(from);
  }
}
