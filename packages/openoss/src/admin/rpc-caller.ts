import { createHash, randomUUID } from 'node:crypto';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Connection } from './connection.js';

/** The products that a server speaks, by their versions. */
const VERSIONS = {
  ram: '2015-05-01',
  sts: '2015-04-01',
  kms: '2016-01-20',
  openoss: '2026-11-26',
} as const;
export type ProductName = keyof typeof VERSIONS;

/** What an operation is given; what is undefined is left out. */
export type CallParameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a server answers when it refuses a call. */
export interface RefusalAnswer {
  readonly Code: string;
  readonly Message: string;
  readonly RequestId?: string;
  readonly AccessDeniedDetail?: Readonly<Record<string, string>>;
}

/** A call was refused. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  readonly answer: RefusalAnswer;
  readonly parameters: CallParameters;

  constructor(status: number, answer: RefusalAnswer, parameters: CallParameters) {
    super(answer.Message);
    this.name = 'Refused';
    this.code = answer.Code;
    this.status = status;
    this.answer = answer;
    this.parameters = parameters;
  }
}

/** There was no answer to a call, or none of a server of RAM. The message is whole, advice included. */
export class NoAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoAnswer';
  }
}

/** A part of a list. */
interface ListAnswer {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** A page of a list of KMS, where pages have numbers. */
interface PageAnswer {
  readonly TotalCount: number;
}

/** Milliseconds without a sign of the server. */
const TIMEOUT = 30_000;
const PAGE = 100;

/** Calls a server in the RPC style, signed with ACS3-HMAC-SHA256. */
export class RpcCaller {
  readonly #connection: () => Promise<Connection>;

  constructor(connection: () => Promise<Connection>) {
    this.#connection = connection;
  }

  /** What an operation answers, in the shape that it is described with; throws Refused or NoAnswer. */
  async call<Answer>(
    product: ProductName,
    action: string,
    parameters: CallParameters = {},
  ): Promise<Answer> {
    const { endpoint, answer } = await this.#send(product, action, parameters);
    const text = await textOf(answer).catch((error) => {
      throw new NoAnswer(whyNoAnswer(endpoint, error));
    });
    const document = documentOf(text, endpoint);
    if (answer.statusCode === 200) return document as Answer;
    throw refused(answer, document, endpoint, parameters);
  }

  /**
   * What an operation answers line by line, each a JSON document, as it comes; throws Refused or NoAnswer. Whoever
   * stops reading, or gives the signal, ends the call.
   */
  async *lines<Line>(
    product: ProductName,
    action: string,
    parameters: CallParameters,
    signal: AbortSignal,
  ): AsyncGenerator<Line, void, undefined> {
    const { endpoint, answer } = await this.#send(product, action, parameters);
    if (answer.statusCode !== 200) {
      const document = documentOf(await textOf(answer), endpoint);
      throw refused(answer, document, endpoint, parameters);
    }
    const hangUp = () => answer.destroy();
    signal.addEventListener('abort', hangUp, { once: true });
    const decoder = new TextDecoder();
    let rest = '';
    try {
      if (signal.aborted) return;
      for await (const chunk of answer) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) yield JSON.parse(line);
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error instanceof SyntaxError ? notRam(endpoint) : lostConnection(endpoint, error);
    } finally {
      signal.removeEventListener('abort', hangUp);
      answer.destroy();
    }
  }

  async #send(
    product: ProductName,
    action: string,
    parameters: CallParameters,
  ): Promise<{ readonly endpoint: URL; readonly answer: IncomingMessage }> {
    const connection = await this.#connection();
    const { endpoint } = connection;
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) form.set(name, String(value));
    }
    const body = Buffer.from(form.toString());
    const headers = await signedHeaders(connection, VERSIONS[product], action, body);
    return { endpoint, answer: await send(endpoint, headers, body) };
  }

  /** All of a list, however many parts it comes in. */
  async all<Answer extends ListAnswer, Item>(
    action: string,
    parameters: CallParameters,
    itemsOf: (answer: Answer) => readonly Item[],
    product: ProductName = 'ram',
  ): Promise<Item[]> {
    const items: Item[] = [];
    let marker: string | undefined;
    do {
      const page = { ...parameters, MaxItems: PAGE, Marker: marker };
      const answer: Answer = await this.call<Answer>(product, action, page);
      items.push(...itemsOf(answer));
      marker = answer.IsTruncated ? answer.Marker : undefined;
    } while (marker !== undefined);
    return items;
  }

  /** All of a list of KMS. */
  async allPages<Answer extends PageAnswer, Item>(
    action: string,
    parameters: CallParameters,
    itemsOf: (answer: Answer) => readonly Item[],
  ): Promise<Item[]> {
    const items: Item[] = [];
    for (let PageNumber = 1; ; PageNumber++) {
      const page = { ...parameters, PageNumber, PageSize: PAGE };
      const answer: Answer = await this.call<Answer>('kms', action, page);
      const found = itemsOf(answer);
      items.push(...found);
      if (found.length === 0 || items.length >= answer.TotalCount) return items;
    }
  }
}

async function signedHeaders(
  { endpoint, accessKeyId, accessKeySecret, securityToken }: Connection,
  version: string,
  action: string,
  body: Buffer,
): Promise<Record<string, string>> {
  // Not for a command's help: it brings every operation of OSS along.
  const protocol = await import('@openoss/protocol');
  const payloadHash = createHash('sha256').update(body).digest('hex');
  const headers: Record<string, string> = {
    host: endpoint.host,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': `${new Date().toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`,
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': payloadHash,
    ...(securityToken !== undefined && { 'x-acs-security-token': securityToken }),
  };
  const signed = Object.keys(headers).filter((name) => name !== 'accept');
  const canonical = protocol.acs3CanonicalRequest({
    method: 'POST',
    path: '/',
    query: [],
    headers: new Map(Object.entries(headers)),
    signedHeaders: signed,
    payloadHash,
  });
  const signature = protocol.acs3Signature(accessKeySecret, protocol.acs3StringToSign(canonical));
  const authorization = `${protocol.ACS3_HMAC_SHA256} Credential=${accessKeyId},SignedHeaders=${signed.sort().join(';')},Signature=${signature}`;
  return { ...headers, authorization, 'content-length': String(body.length) };
}

function refused(
  { statusCode = 0 }: IncomingMessage,
  document: Readonly<Record<string, unknown>>,
  endpoint: URL,
  parameters: CallParameters,
): Refused | NoAnswer {
  if (typeof document.Code !== 'string' || typeof document.Message !== 'string') {
    return notRam(endpoint);
  }
  return new Refused(statusCode, document as unknown as RefusalAnswer, parameters);
}

function send(
  endpoint: URL,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<IncomingMessage> {
  const request = endpoint.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const fail = (error: Error) => reject(new NoAnswer(whyNoAnswer(endpoint, error)));
    const sent = request(endpoint, { method: 'POST', headers, timeout: TIMEOUT }, resolve);
    sent.once('timeout', () => sent.destroy(new Error(`silent for ${TIMEOUT / 1000} s`)));
    // Also later, when whoever reads the answer is told of it.
    sent.on('error', fail);
    sent.end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function documentOf(text: string, endpoint: URL): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return { ...document };
  } catch {
    // It is something else, then.
  }
  throw notRam(endpoint);
}

const lostConnection = ({ origin }: URL, error: unknown): NoAnswer =>
  new NoAnswer(
    `the server at ${origin} went away: ${error instanceof Error ? error.message : error}`,
  );

const notRam = ({ origin }: URL): NoAnswer =>
  new NoAnswer(
    `what answers at ${origin} does not speak RAM. Give the address of --rpc-listen, which "openoss serve" prints as "RAM and STS are at"`,
  );

/** System errors, and what to do about them. */
function whyNoAnswer({ origin, host }: URL, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `no server answers at ${origin}. Does it run, and was it started with --rpc-listen ${host}?`;
    case 'ECONNRESET':
    case 'EPROTO':
      return `no answer at ${origin}: ${error.message}. If it serves HTTPS, write https://${host}, and if not, http://${host}`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `the certificate of ${origin} is not trusted here: ${error.message}. Set NODE_EXTRA_CA_CERTS to a file with the certificate of whoever signed it`;
    default:
      return `no answer at ${origin}: ${error.message || error.code || error.name}`;
  }
}
