/**
 * A template that the user wrote (`jsonpath`, `custom-columns`, `--sort-by`) cannot be used. The message is the sentence that follows
 * `error: `: wrong use, exit 2.
 */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateError';
  }
}
