import { NetworkError, type NetworkErrorOptions } from './network-error.js';

/** It was the proxy, not the service, that could not be talked to, or that would not connect us. */
export class ProxyError extends NetworkError {
  /** What the proxy answered, where it did; 407 is its wish to know who asks. */
  readonly status: number | undefined;

  constructor(message: string, options: NetworkErrorOptions & { readonly status?: number }) {
    super(message, options);
    this.status = options.status;
  }
}
