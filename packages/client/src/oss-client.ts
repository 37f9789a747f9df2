import type { Readable } from 'node:stream';
import {
  type EncodedInput,
  type InputOf,
  MAX_URL_LIFETIME,
  type Operation,
  OssError,
  type OutputOf,
  utf8Text,
} from '@openoss/protocol';
import type { AddressingStyle } from './addressing-style.js';
import { type Answer, type AnswerHead, answerHead } from './answer.js';
import type { BodySource } from './body/body-source.js';
import { readyBody } from './body/ready-body.js';
import type { RequestBody } from './body/request-body.js';
import { type Clock, systemClock } from './clock.js';
import {
  areSameCredentials,
  type Credentials,
  type CredentialsProvider,
  staticCredentials,
} from './credentials.js';
import { type Endpoint, resolveEndpoint } from './endpoint.js';
import { CanceledError } from './errors/canceled-error.js';
import { ClientError } from './errors/client-error.js';
import { CrcMismatchError } from './errors/crc-mismatch-error.js';
import { CredentialsError } from './errors/credentials-error.js';
import { DeserializationError } from './errors/deserialization-error.js';
import { InvalidFieldError } from './errors/invalid-field-error.js';
import type { Log } from './log.js';
import { crcOfDownload, crcOfUpload, isFailedCallback } from './operation-checks.js';
import type { OssClientOptions, RequestOptions } from './oss-client-options.js';
import { encodeOperationInput } from './request/encode-operation-input.js';
import {
  maxPayloadBytes,
  presignedQuery,
  type Signing,
  type SigningStyle,
  signOutgoing,
} from './request/sign.js';
import { requestUrl, type UnsignedRequest, unsignedRequest } from './request/unsigned-request.js';
import { withRetries } from './retry/with-retries.js';
import { serviceErrorOf } from './service-error-of.js';
import type { AnswerBody } from './transport/answer-body.js';
import { attempt as attemptOnce, isSuccess } from './transport/attempt.js';
import { Connections } from './transport/connections.js';
import { startCrc64 } from './transport/start-crc64.js';
import { bodyTooLarge } from './transport/upload.js';
import { userAgent } from './user-agent.js';

/** What an operation takes from a program. */
export type SendInput<Op extends Operation> = InputOf<Op, RequestBody>;

/** What an operation answers to a program, and in `answer` what came with it. */
export type SendOutput<Op extends Operation> = OutputOf<Op, Readable> & {
  readonly answer: AnswerHead;
};

/** A request as it would be sent. */
export interface PreviewedRequest {
  readonly method: string;
  /** The whole URL, query included. */
  readonly url: string;
  /** Headers that say what is asked, values as text. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request signed in its URL, to be sent by whoever has it; its headers exactly as they are here. */
export interface PresignedRequest extends PreviewedRequest {
  readonly expiresAt: Date;
}

/** Defaults of the Go SDK v2 (ossutil-2.md, 1.8). */
const CONNECT_TIMEOUT_MS = 5000;
const READ_WRITE_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 3;
/** The longest that a timer of Node.js runs, 24.8 days; one that is set to more goes off at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A client of one OSS endpoint. It keeps connections open between requests: `close` it at the end.
 *
 * Every method that sends rejects with a `ServiceError` (an `OssError`) for what the service refused
 * and with a `ClientError` for what failed on this side; `new OperationError(error)` puts either in
 * the words of the Go SDK.
 */
export class OssClient {
  readonly #endpoint: Endpoint;
  readonly #addressingStyle: AddressingStyle;
  readonly #signingStyle: SigningStyle;
  readonly #credentials: CredentialsProvider;
  readonly #connections: Connections;
  readonly #connectTimeoutMs: number;
  readonly #readWriteTimeoutMs: number;
  readonly #maxAttempts: number;
  readonly #userAgent: string;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Log;
  /** How far the server's clock is ahead of ours, in milliseconds, as learned from a refusal. */
  #clockOffset = 0;

  /** Throws an `InvalidFieldError` for an endpoint, region or proxy that cannot be. */
  constructor(options: OssClientOptions) {
    const { credentials, region } = options;
    this.#endpoint = resolveEndpoint(options.endpoint, region);
    this.#addressingStyle = options.addressingStyle ?? 'virtual';
    this.#signingStyle = {
      signVersion: options.signVersion ?? 'v4',
      region,
      product: options.product,
      additionalHeaders: options.additionalHeaders ?? [],
    };
    this.#credentials =
      typeof credentials === 'function' ? credentials : staticCredentials(credentials);
    this.#connections = new Connections(this.#endpoint, options);
    this.#connectTimeoutMs = Math.min(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, MAX_TIMER_MS);
    this.#readWriteTimeoutMs = Math.min(
      options.readWriteTimeoutMs ?? READ_WRITE_TIMEOUT_MS,
      MAX_TIMER_MS,
    );
    this.#maxAttempts = Math.max(1, options.maxAttempts ?? MAX_ATTEMPTS);
    this.#userAgent = userAgent(options.userAgent);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#log = options.log ?? (() => {});
  }

  /**
   * Performs an operation and reads its answer: `client.send(PutObject, { bucket, key, body })`. Where
   * the operation answers a body that streams, `body` in the output is to be read or destroyed.
   */
  async send<Op extends Operation>(
    operation: Op,
    input: SendInput<Op>,
    options: RequestOptions = {},
  ): Promise<SendOutput<Op>> {
    const read = (answer: Answer) => readOutput(operation, answer);
    return (await this.#perform(operation, input, options, read)) as SendOutput<Op>;
  }

  /**
   * Performs an operation and gives the answer as it is, its body unread. The input may have been
   * encoded before (`encodeInput`).
   */
  async exchange<Op extends Operation>(
    operation: Op,
    input: SendInput<Op> | EncodedInput,
    options: RequestOptions = {},
  ): Promise<Answer> {
    return await this.#perform(operation, input, options, async (answer) => answer);
  }

  /**
   * Signs a request in its URL; a body in the input is passed over. `expiresInSeconds` is at most
   * 604800 (seven days) with version 4.
   */
  async presign<Op extends Operation>(
    operation: Op,
    input: SendInput<Op> | EncodedInput,
    options: { readonly expiresInSeconds: number },
  ): Promise<PresignedRequest> {
    const { expiresInSeconds } = options;
    if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1) {
      throw new InvalidFieldError('expires should be a whole number of seconds, at least 1');
    }
    if (this.#signingStyle.signVersion === 'v4' && expiresInSeconds > MAX_URL_LIFETIME) {
      throw new InvalidFieldError('expires should be not greater than 604800(seven days)');
    }
    const request = this.#unsigned(operation, input);
    const signing = await this.#signing();
    const added = presignedQuery(request, expiresInSeconds, signing);
    return {
      method: request.method,
      url: requestUrl(request, [...request.query, ...added]),
      headers: textHeaders(request),
      expiresAt: new Date(signing.now + expiresInSeconds * 1000),
    };
  }

  /** What `exchange` would send, before it is signed; nothing is sent. Header values as text. */
  preview<Op extends Operation>(
    operation: Op,
    input: SendInput<Op> | EncodedInput,
  ): PreviewedRequest {
    const request = this.#unsigned(operation, input);
    return { method: request.method, url: requestUrl(request), headers: textHeaders(request) };
  }

  /** Closes the connections, also of requests under way. An agent that was given stays open. */
  close(): void {
    this.#connections.close();
  }

  #unsigned(
    operation: Operation,
    input: Readonly<Record<string, unknown>> | EncodedInput,
  ): UnsignedRequest {
    const encoded = encodeOperationInput(operation, input);
    return unsignedRequest(operation, encoded, this.#endpoint, this.#addressingStyle);
  }

  async #signing(): Promise<Signing> {
    const credentials = await this.#ask(undefined);
    return { style: this.#signingStyle, credentials, now: this.#clock.now() + this.#clockOffset };
  }

  /** What the provider gives, in place of credentials that were refused if there are any. */
  async #ask(refused: Credentials | undefined): Promise<Credentials | undefined> {
    try {
      return await this.#credentials(refused);
    } catch (error) {
      if (error instanceof ClientError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new CredentialsError(reason, { cause: error });
    }
  }

  /** Whether a request was refused for its token alone, and there is another one now. */
  async #hasOtherToken(error: unknown, refused: Credentials | undefined): Promise<boolean> {
    if (refused?.securityToken === undefined || !(error instanceof OssError)) return false;
    if (!TOKEN_REFUSALS.has(error.code)) return false;
    const other = await this.#ask(refused);
    if (other === undefined || areSameCredentials(other, refused)) return false;
    this.#log('info', `${error.code}: trying again with new credentials`);
    return true;
  }

  async #perform<T>(
    operation: Operation,
    input: Readonly<Record<string, unknown>> | EncodedInput,
    options: RequestOptions,
    read: (answer: Answer) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    const made: { request?: UnsignedRequest; signing?: Signing; attempts: number } = {
      attempts: 0,
    };
    const complete = (error: unknown): void => {
      if (!(error instanceof ClientError) || error.request !== undefined) return;
      error.request = {
        operation: operation.name,
        method: operation.match.method,
        url: made.request === undefined ? undefined : requestUrl(made.request),
        attempts: made.attempts,
        serverDate: undefined,
      };
    };
    try {
      if (signal?.aborted === true) throw new CanceledError(signal.reason);
      const request = this.#unsigned(operation, input);
      made.request = request;
      const body = request.body === undefined ? undefined : await readyBody(request.body);
      const maxBytes = maxPayloadBytes(request);
      if (body?.size !== undefined && maxBytes !== undefined && body.size > maxBytes) {
        throw bodyTooLarge(maxBytes, body.size);
      }
      return await withRetries(
        async (attempt) => {
          made.attempts = attempt;
          made.signing = await this.#signing();
          const sent = this.#attempt(request, body, made.signing, attempt, options, complete);
          return await read(await sent);
        },
        {
          maxAttempts: body?.replayable === false ? 1 : this.#maxAttempts,
          clock: this.#clock,
          random: this.#random,
          signal,
          // A body that was read only once cannot be sent again, whatever it is signed with.
          mend: async (error) =>
            body?.replayable !== false && this.#hasOtherToken(error, made.signing?.credentials),
          onRetry: (retry) => {
            const { error, attempt, maxAttempts, delayMs } = retry;
            this.#log(
              'warning',
              `${operation.name}: ${error instanceof Error ? error.message : error}; attempt ${attempt} of ${maxAttempts} in ${Math.round(delayMs)} ms`,
            );
            options.onRetry?.(retry);
          },
        },
      );
    } catch (error) {
      complete(error);
      throw error;
    }
  }

  async #attempt(
    request: UnsignedRequest,
    body: BodySource | undefined,
    signing: Signing,
    attempt: number,
    options: RequestOptions,
    complete: (error: unknown) => void,
  ): Promise<Answer> {
    const { signal, onProgress } = options;
    const { operation, method } = request;
    const url = requestUrl(request);
    const outgoing = signOutgoing(request, body, this.#userAgent, signing);
    this.#log('info', `${operation.name}: ${method} ${url}, attempt ${attempt}`);
    for (const [name, value] of outgoing.headers.values()) {
      this.#log('debug', `> ${name}: ${SECRET_HEADERS.test(name) ? '…' : utf8Text(value)}`);
    }
    const raw = await attemptOnce(outgoing, {
      connections: this.#connections,
      connectTimeoutMs: this.#connectTimeoutMs,
      readWriteTimeoutMs: this.#readWriteTimeoutMs,
      signal,
      onProgress:
        onProgress &&
        ((bytes) => onProgress({ direction: 'upload', bytes, totalBytes: body?.size, attempt })),
    });
    const head = answerHead(raw, { operation: operation.name, method, url, attempts: attempt });
    this.#log(
      'info',
      `${operation.name}: ${head.status} ${head.statusText}, request id ${head.requestId ?? 'none'}`,
    );
    for (const [name, value] of head.rawHeaders) this.#log('debug', `< ${name}: ${value}`);
    const answered = raw.body;
    if (!isSuccess(head.status) || isFailedCallback(request, head.status)) {
      throw await this.#refusal(head, answered);
    }
    const { expectedBytes: totalBytes } = answered;
    const expected = crcOfDownload(request, head);
    answered.begin({
      crc64:
        expected === undefined ? undefined : { expected, running: await startCrc64(totalBytes) },
      onProgress:
        onProgress &&
        ((bytes) => onProgress({ direction: 'download', bytes, totalBytes, attempt })),
      onFailure: complete,
    });
    const serverCrc = crcOfUpload(operation, head);
    const clientCrc = raw.sentCrc64 ?? 0n;
    if (serverCrc !== undefined && serverCrc !== String(clientCrc)) {
      answered.destroy();
      throw new CrcMismatchError(clientCrc, serverCrc);
    }
    return { ...head, body: answered };
  }

  async #refusal(head: AnswerHead, body: AnswerBody): Promise<OssError> {
    const { operation, method, url, attempts, serverDate } = head;
    const request = { operation, method, url, attempts, serverDate };
    const error = await serviceErrorOf(head, body, request);
    if (error.code === 'RequestTimeTooSkewed' && serverDate !== undefined) {
      this.#clockOffset = serverDate.getTime() - this.#clock.now();
      this.#log('warning', `the server's clock is ${this.#clockOffset} ms ahead of this machine's`);
    }
    return error;
  }
}

function textHeaders({ headers }: UnsignedRequest): Record<string, string> {
  return Object.fromEntries([...headers.values()].map(([name, value]) => [name, utf8Text(value)]));
}

/** What the service says of a token that it does not take, or not any more (oss-protocol.md, 1.6). */
const TOKEN_REFUSALS: ReadonlySet<string> = new Set([
  'SecurityTokenExpired',
  'InvalidSecurityToken',
]);

/** Headers whose values let others act in our name. */
const SECRET_HEADERS = /^(?:authorization|x-oss-security-token)$/i;

async function readOutput(operation: Operation, answer: Answer): Promise<Record<string, unknown>> {
  const { body, ...head } = answer;
  const kinds = new Set(Object.values(operation.output).map(({ kind }) => kind));
  // Loaded when they are needed: whoever takes answers as they are does without reading XML.
  const { text } = await import('node:stream/consumers');
  const document = kinds.has('payload') ? undefined : await text(body);
  const { decodeOutput } = await import('@openoss/protocol');
  try {
    const output = decodeOutput(operation, {
      headers: head.headers,
      body: kinds.has('xml') ? document : undefined,
      payload: body,
    });
    return { ...output, answer: head };
  } catch (error) {
    body.destroy();
    throw error instanceof Error ? new DeserializationError(error) : error;
  }
}
