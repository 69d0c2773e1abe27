import { Script } from 'node:vm';

const name = String.raw`[\w$]+`;
/** Where a statement may begin; esbuild leaves what is imported from Node in the midst of a piece. */
const imports = new RegExp(
  String.raw`(?<=^|[;}\n])import(?: ?(?:\*as )?(?<whole>${name}) ?)?,?(?:\{(?<list>[^{}]*)\})?(?:from)?"(?<path>[^"]+)";`,
  'g',
);
const exports = /(?<=^|[;}\n])export\{(?<list>[^{}]*)\};\s*$/;

/**
 * A piece of the bundle, an ES module as esbuild prints it, as the body of a function of `require` and `module`. What esbuild itself
 * makes of modules looks every imported name up through two getters at each use, and makes two functions for each name that is
 * exported; here an import is a constant. That is the same as long as pieces do not import each other in a circle and never assign
 * to what they export.
 *
 * @throws Error for a piece that says it in other words
 */
export function plainCommonJs(text: string): string {
  const head: string[] = [];
  const body = text
    .replaceAll(imports, (...match) => {
      head.push(required(match.at(-1)));
      return '';
    })
    .replace(exports, (...match) => `module.exports={${renamed(match.at(-1).list, 'export')}};`)
    .replaceAll(/\bimport\(("[^"]+")\)/g, 'Promise.resolve().then(()=>require($1))');
  const code = `${head.join('')}${body}`;
  // An import or export that is still there is no syntax of functions.
  new Script(`(function(require,module){${code}})`);
  return code;
}

function required({ whole, list, path }: { readonly whole?: string; readonly list?: string; readonly path: string }): string {
  const call = `require("${path}");`;
  const parts = [
    ...(whole === undefined ? [] : [`const ${whole}=${call}`]),
    ...(list === undefined ? [] : [`const{${renamed(list, 'import')}}=${call}`]),
  ];
  return parts.length === 0 ? call : parts.join('');
}

/** `a,b as c` as a pattern that takes it apart, or as an object that holds it. */
function renamed(list: string, direction: 'import' | 'export'): string {
  return list
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [left = '', right] = entry.split(' as ');
      if (right === undefined) return left;
      return direction === 'import' ? `${left}:${right}` : `${right}:${left}`;
    })
    .join(',');
}
