import { TemplateError } from './template-error.ts';

/**
 * The `{.a.b}` that `a.b`, `.a.b`, `{a.b}` and `{.a.b}` stand for, where kubectl takes one path and not a template (`custom-columns`,
 * `--sort-by`). The empty text stays empty.
 * @throws TemplateError for anything else.
 */
export function relaxedJsonPath(expression: string): string {
  if (expression === '') return '';
  const bare = expression.startsWith('{') && expression.endsWith('}') ? expression.slice(1, -1) : expression;
  const path = bare.startsWith('.') && bare.length > 1 ? bare.slice(1) : bare;
  if (path === '' || /[{}]/.test(path)) throw new TemplateError(unexpected);
  return `{.${path}}`;
}

const unexpected = "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'";
