import { ClientError } from './client-error.js';

/** The bytes that one side sent are not those the other side has. The text is the Go SDK's. */
export class CrcMismatchError extends ClientError {
  readonly retryable = true;
  /** CRC-64/XZ of the bytes as the client saw them. */
  readonly client: bigint;
  /** What the service answered in `x-oss-hash-crc64ecma`. */
  readonly server: string;

  constructor(client: bigint, server: string) {
    super(`crc is inconsistent, client ${client}, server ${server}`);
    this.client = client;
    this.server = server;
  }
}
