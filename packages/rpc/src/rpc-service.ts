import { randomUUID } from 'node:crypto';
import type { CompiledPolicy } from '@openoss/access';
import { type Directory, type Identities, RamError } from '@openoss/directory';
import { isPassedOn, type KeyService, type Kms, KmsError } from '@openoss/kms';
import { parseAcs3Authorization } from '@openoss/protocol';
import type { AccessExplainer } from './access-explainer.js';
import { type AnswerFormat, answerFormat, defaultFormat } from './answer/answer-format.js';
import type { Answer } from './answer/answer-value.js';
import { StreamedAnswer } from './answer/streamed-answer.js';
import { Authenticator } from './authentication/authenticate.js';
import { authorize, NotAllowed } from './authorize.js';
import { callContext } from './call-context.js';
import { type CallRequest, type ReceivedCall, readCall } from './call-request.js';
import { type CallTrace, newTrace } from './finished-call.js';
import { type CallRefusal, kmsRefusal } from './kms-refusal.js';
import type { Need, Operation } from './operation/operation.js';
import { findOperation, findProduct } from './operations/find-operation.js';
import { KMS } from './product.js';
import type { Reencryptor } from './reencryptor.js';
import { RpcError } from './rpc-error.js';

/** What went wrong inside, for the one who runs the service. */
export interface RpcLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface RpcServiceOptions {
  readonly directory: Directory;
  /** The same directory's, in the language of the access room. */
  readonly identities: Identities<CompiledPolicy, CompiledPolicy>;
  /** Where the keys of its accounts are. */
  readonly kms: Kms;
  /** The region of what has one: keys. */
  readonly region: string;
  /** Answers what is asked about permissions for OSS. */
  readonly explainer: AccessExplainer;
  /** Has what is stored encrypted otherwise. */
  readonly reencryptor: Reencryptor;
  readonly log: RpcLog;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly now?: (() => number) | undefined;
}

/** An answer, ready to be sent. */
export interface CallAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly contentType: string;
  /** Whole, or piece by piece, for as long as the call takes; once the signal is given it ends soon. */
  readonly body: string | ((signal: AbortSignal) => AsyncIterable<string>);
}

/** Serves calls of RAM, STS and KMS, whatever carries them. */
export class RpcService {
  readonly #directory: Directory;
  readonly #identities: Identities<CompiledPolicy, CompiledPolicy>;
  readonly #explainer: AccessExplainer;
  readonly #reencryptor: Reencryptor;
  readonly #authenticator: Authenticator;
  readonly #kms: Kms;
  readonly #region: string;
  readonly #log: RpcLog;
  readonly #now: () => number;

  constructor(options: RpcServiceOptions) {
    const { directory, identities, kms, region, log, now = Date.now } = options;
    this.#directory = directory;
    this.#identities = identities;
    this.#explainer = options.explainer;
    this.#reencryptor = options.reencryptor;
    this.#authenticator = new Authenticator(directory, now);
    this.#kms = kms;
    this.#region = region;
    this.#log = log;
    this.#now = now;
  }

  /** Never rejects: what goes wrong is an answer too. What is found out on the way is noted in `trace`. */
  async serve(received: ReceivedCall, trace: CallTrace = newTrace()): Promise<CallAnswer> {
    const requestId = newRequestId();
    let format = defaultFormat;
    let isKms = false;
    try {
      const call = readCall(received);
      Object.assign(trace, signedHow(call));
      isKms = findProduct(toldBy(call, 'Version', 'x-acs-version')) === KMS;
      format = answerFormat(call);
      const operation = operationOf(call);
      trace.operation = operation;
      const answer = await this.#perform(call, operation, trace);
      if (answer instanceof StreamedAnswer) {
        const body = (signal: AbortSignal) => this.#lines(answer, signal, requestId, trace);
        return { status: 200, requestId, contentType: LINES, body };
      }
      const body = format.write(`${operation.name}Response`, { RequestId: requestId, ...answer });
      return { status: 200, requestId, contentType: format.contentType, body };
    } catch (error) {
      return this.#refusal(error, { requestId, received, format, isKms, trace });
    }
  }

  /** The answer to a call that is refused before it is read. */
  refuse(
    error: RpcError,
    received: Pick<ReceivedCall, 'headers'>,
    trace: CallTrace = newTrace(),
  ): CallAnswer {
    const requestId = newRequestId();
    const format = defaultFormat;
    return this.#refusal(error, { requestId, received, format, isKms: false, trace });
  }

  /** An answer in lines. What goes wrong on the way is the last of them. */
  async *#lines(
    answer: StreamedAnswer,
    signal: AbortSignal,
    requestId: string,
    trace: CallTrace,
  ): AsyncGenerator<string, void, undefined> {
    yield line({ Type: 'begin', RequestId: requestId });
    try {
      for await (const one of answer.lines(signal)) yield line(one);
    } catch (error) {
      const { refusal } = this.#refusalOf(error, requestId);
      trace.code = refusal.code;
      yield line({ Type: 'error', Code: refusal.code, Message: refusal.message });
    }
  }

  async #perform(
    request: CallRequest,
    operation: Operation,
    trace: CallTrace,
  ): Promise<Answer | StreamedAnswer> {
    const { product, name } = operation;
    trace.stage = 'authenticating';
    const caller = await this.#authenticator.authenticate(request);
    trace.caller = caller;
    trace.stage = 'authorizing';
    // Names of what it is about, and nothing else of what it is given.
    trace.targetKeyId = request.parameters.get('UserAccessKeyId');
    this.#directory.noteUse(caller, product.name);
    const { principal } = caller;
    const context = callContext(request, caller, this.#now());
    const { permissions, sts, accounts } = this.#identities;
    const ram = this.#identities.ram(principal.account);
    const { needs, run } = await operation.prepare(request.parameters, {
      caller,
      ram,
      ramOf: (account) => this.#identities.ram(account),
      accounts,
      sts,
      keys: () => this.#keysOf(principal.account, request),
      context,
      directory: this.#directory,
      explainer: this.#explainer,
      reencryptor: this.#reencryptor,
      received: request,
    });
    const { service, isRegional } = product;
    const region = isRegional ? this.#region : '';
    const allow = async (those: readonly Need[]): Promise<void> => {
      trace.resources = [...trace.resources, ...those.map(({ resource }) => resource)];
      const question = { principal, service, region, needs: those, context };
      const decided = await authorize(permissions, question);
      trace.decided ??= decided;
    };
    await allow(needs);
    const role = name === 'AssumeRole' ? request.parameters.get('RoleArn') : undefined;
    if (role !== undefined) trace.resources = [role];
    return run(allow);
  }

  #keysOf(account: string, { headers }: CallRequest): KeyService {
    if (this.#kms.areElsewhere && isPassedOn(headers.get('user-agent'))) {
      this.#log.warn(
        { keysAre: this.#kms.keysAre },
        'a server asks for its keys here, where there are none: they would be asked for in circles',
      );
      throw KmsError.of('PassedOn');
    }
    return this.#kms.keysOf(account);
  }

  #refusal(
    error: unknown,
    {
      requestId,
      received,
      format,
      isKms,
      trace,
    }: {
      readonly requestId: string;
      readonly received: Pick<ReceivedCall, 'headers'>;
      readonly format: AnswerFormat;
      readonly isKms: boolean;
      readonly trace: CallTrace;
    },
  ): CallAnswer {
    const { refusal: cause, detail } = this.#refusalOf(error, requestId);
    const refusal: CallRefusal = isKms ? kmsRefusal(cause) : cause;
    trace.code = refusal.code;
    if (error instanceof NotAllowed) trace.decided = error.decision;
    const answer: Answer = {
      HttpStatus: isKms ? refusal.status : undefined,
      RequestId: requestId,
      HostId: received.headers.get('host') ?? '',
      Code: refusal.code,
      Message: refusal.message,
      Recommend: `https://api.alibabacloud.com/troubleshoot?q=${encodeURIComponent(refusal.code)}`,
      AccessDeniedDetail: detail,
    };
    const { contentType } = format;
    const body = format.write(isKms ? 'KMS' : 'Error', answer);
    return { status: refusal.status, requestId, contentType, body };
  }

  #refusalOf(
    error: unknown,
    requestId: string,
  ): { readonly refusal: RpcError | RamError | KmsError; readonly detail?: Answer | undefined } {
    if (error instanceof RpcError || error instanceof RamError || error instanceof KmsError) {
      return { refusal: error };
    }
    if (error instanceof NotAllowed) {
      return { refusal: error.refusal, detail: error.detail && { ...error.detail } };
    }
    this.#log.error({ err: error, requestId }, 'a call of RAM, STS or KMS failed');
    return { refusal: RpcError.of('Internal') };
  }
}

/** Of answers that are given line by line. */
const LINES = 'application/x-ndjson';

const line = (answer: Answer): string => `${JSON.stringify(answer)}\n`;

/** Throws RpcError for calls that are none of what is served. */
function operationOf(call: CallRequest): Operation {
  if (call.method !== 'GET' && call.method !== 'POST') throw RpcError.of('MethodUnsupported');
  if (call.path !== '/') throw RpcError.of('NoSuchApi');
  const required = (parameter: string, header: string): string => {
    const value = toldBy(call, parameter, header);
    if (value === '') throw RpcError.missing(parameter);
    return value;
  };
  const version = required('Version', 'x-acs-version');
  return findOperation(version, required('Action', 'x-acs-action'));
}

/** Calls that are signed in a header name their operation in headers, others as parameters; empty if neither does. */
function toldBy({ headers, parameters }: CallRequest, parameter: string, header: string): string {
  const inHeaders = headers.has('authorization');
  return (inHeaders ? headers.get(header) : undefined) || (parameters.get(parameter) ?? '');
}

/** How a call says who it is from. */
function signedHow({ headers, parameters }: CallRequest): Pick<CallTrace, 'auth' | 'claimedKeyId'> {
  const authorization = headers.get('authorization');
  if (authorization !== undefined) {
    const claimedKeyId = parseAcs3Authorization(authorization)?.accessKeyId;
    return { auth: claimedKeyId === undefined ? 'unknown' : 'acs3-header', claimedKeyId };
  }
  const claimedKeyId = parameters.get('AccessKeyId');
  const isSigned = claimedKeyId !== undefined || parameters.has('Signature');
  return { auth: isSigned ? 'rpc-parameters' : 'anonymous', claimedKeyId };
}

export const newRequestId = (): string => randomUUID().toUpperCase();
