/**
 * What to write in the place of what the `yaml` package refuses, by its message. Some of it kubectl would read: it has to be written so
 * that both do.
 */
export function syntaxHint(message: string, at: string): string | undefined {
  if (/^-[ \t]*[,\]}\r\n]/.test(at) && /flow|on a single line/i.test(message)) return 'put the - in quotes';
  return hints.find(([pattern]) => pattern.test(message))?.[1];
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/^Flow (?:map|sequence) (?:in block collection )?must /, 'close it'],
  [/^Missing closing ["']quote/, 'close the quote'],
  [/^Missing , (?:or : )?between/, 'write a comma between the two'],
  [/^Missing space after :/, 'write a blank behind the colon'],
  [/^Nested mappings are not allowed in compact mappings/, 'put the text in quotes, or what is behind the first colon on lines of its own'],
  [/^Implicit keys need to be on a single line/, 'write KEY: VALUE on one line, with a blank behind the colon'],
  [/^Implicit map keys need to be followed by map values/, 'write a colon and a blank behind the key'],
  [/^All (?:mapping|sequence) items must start at the same column/, 'put it below the others, in their column'],
  [/^Sequence item without - indicator/, 'write - and a blank before it'],
  [/^A block sequence may not be used as an implicit map key/, 'put the list on the lines below its key'],
  [/^Block collections are not allowed within flow collections/, 'write it in braces or brackets, too, or put the - in quotes'],
  [/^Plain value cannot start with/, 'put the text in quotes'],
  [/^Invalid escape sequence/, 'write \\\\ for a backslash, or use single quotes'],
  [/^Tabs are not allowed as indentation/, 'write blanks'],
  [/^Unexpected (?:.* at node end|scalar)/, 'put it in quotes together with what stands before it, or on a line of its own'],
  [/^Unexpected , in flow/, 'remove the comma'],
  [/^Unexpected flow-(?:map|seq)-end/, 'remove it, or open what it closes'],
  [/^Unexpected block-seq-ind on same line with key/, 'put the list on the lines below its key'],
  [/^Unexpected [-\w]+ token/, 'put it in quotes together with what stands before it, or on a line of its own'],
  [/^Block scalar header includes extra characters/, 'begin the text on the next line'],
];
