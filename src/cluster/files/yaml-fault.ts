/** Something that kubectl does not read, and where. */
export interface YamlFault {
  readonly code: 'Syntax' | 'Limit';
  readonly offset: number;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Ends the reading of one document. */
export class YamlRefusal extends Error implements YamlFault {
  readonly code: 'Syntax' | 'Limit';
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: 'Syntax' | 'Limit', offset: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }
}

export function refuse(offset: number, message: string, hint?: string): never {
  throw new YamlRefusal('Syntax', offset, message, hint);
}
