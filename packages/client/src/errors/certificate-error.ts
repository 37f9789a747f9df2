import { NetworkError } from './network-error.js';

/** The certificate of the server is not trusted here; `code` says why, as OpenSSL has it. */
export class CertificateError extends NetworkError {}
