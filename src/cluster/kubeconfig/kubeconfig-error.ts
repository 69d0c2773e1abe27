import { ConnectionError } from '../cluster.ts';

/** The kubeconfig, or what it names, cannot be used. The message is a whole sentence; `hint` says what to do. */
export class KubeconfigError extends ConnectionError {
  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'KubeconfigError';
  }
}

/** What a flag says is wrong by itself, whatever the kubeconfig says. */
export class FlagError extends KubeconfigError {}
