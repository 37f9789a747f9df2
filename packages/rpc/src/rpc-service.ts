import { randomUUID } from 'node:crypto';
import type { CompiledPolicy } from '@openoss/access';
import { type Directory, type Identities, RamError } from '@openoss/directory';
import { parseAcs3Authorization } from '@openoss/protocol';
import type { AccessExplainer } from './access-explainer.js';
import { type AnswerFormat, answerFormat, defaultFormat } from './answer/answer-format.js';
import type { Answer } from './answer/answer-value.js';
import { Authenticator } from './authentication/authenticate.js';
import { authorize, NotAllowed } from './authorize.js';
import { callContext } from './call-context.js';
import { type CallRequest, type ReceivedCall, readCall } from './call-request.js';
import { type CallTrace, newTrace } from './finished-call.js';
import type { Operation } from './operation/operation.js';
import { findOperation } from './operations/find-operation.js';
import { RpcError } from './rpc-error.js';

/** What went wrong inside, for the one who runs the service. */
export interface RpcLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface RpcServiceOptions {
  readonly directory: Directory;
  /** The same directory's, in the language of the access room. */
  readonly identities: Identities<CompiledPolicy, CompiledPolicy>;
  /** Answers what is asked about permissions for OSS. */
  readonly explainer: AccessExplainer;
  readonly log: RpcLog;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly now?: (() => number) | undefined;
}

/** An answer, ready to be sent. */
export interface CallAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly contentType: string;
  readonly body: string;
}

/** Serves calls of RAM and STS, whatever carries them. */
export class RpcService {
  readonly #directory: Directory;
  readonly #identities: Identities<CompiledPolicy, CompiledPolicy>;
  readonly #explainer: AccessExplainer;
  readonly #authenticator: Authenticator;
  readonly #log: RpcLog;
  readonly #now: () => number;

  constructor(options: RpcServiceOptions) {
    const { directory, identities, explainer, log, now = Date.now } = options;
    this.#directory = directory;
    this.#identities = identities;
    this.#explainer = explainer;
    this.#authenticator = new Authenticator(directory, now);
    this.#log = log;
    this.#now = now;
  }

  /** Never rejects: what goes wrong is an answer too. What is found out on the way is noted in `trace`. */
  async serve(received: ReceivedCall, trace: CallTrace = newTrace()): Promise<CallAnswer> {
    const requestId = newRequestId();
    let format = defaultFormat;
    try {
      const call = readCall(received);
      Object.assign(trace, signedHow(call));
      format = answerFormat(call);
      const operation = operationOf(call);
      trace.operation = operation;
      const answer = await this.#perform(call, operation, trace);
      const body = format.write(`${operation.name}Response`, { RequestId: requestId, ...answer });
      return { status: 200, requestId, contentType: format.contentType, body };
    } catch (error) {
      return this.#refusal(error, requestId, received, format, trace);
    }
  }

  /** The answer to a call that is refused before it is read. */
  refuse(
    error: RpcError,
    received: Pick<ReceivedCall, 'headers'>,
    trace: CallTrace = newTrace(),
  ): CallAnswer {
    return this.#refusal(error, newRequestId(), received, defaultFormat, trace);
  }

  async #perform(request: CallRequest, operation: Operation, trace: CallTrace): Promise<Answer> {
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
    const { resources, run } = operation.prepare(request.parameters, {
      caller,
      ram,
      ramOf: (account) => this.#identities.ram(account),
      accounts,
      sts,
      context,
      directory: this.#directory,
      explainer: this.#explainer,
    });
    const { service } = product;
    const role = name === 'AssumeRole' ? request.parameters.get('RoleArn') : undefined;
    trace.resources = role === undefined ? resources : [role];
    const question = { principal, service, action: name, resources, context };
    trace.decided = await authorize(permissions, question);
    return run();
  }

  #refusal(
    error: unknown,
    requestId: string,
    { headers }: Pick<ReceivedCall, 'headers'>,
    format: AnswerFormat,
    trace: CallTrace,
  ): CallAnswer {
    const { refusal, detail } = this.#refusalOf(error, requestId);
    trace.code = refusal.code;
    if (error instanceof NotAllowed) trace.decided = error.decision;
    const answer: Answer = {
      RequestId: requestId,
      HostId: headers.get('host') ?? '',
      Code: refusal.code,
      Message: refusal.message,
      Recommend: `https://api.alibabacloud.com/troubleshoot?q=${encodeURIComponent(refusal.code)}`,
      AccessDeniedDetail: detail,
    };
    const { contentType } = format;
    return { status: refusal.status, requestId, contentType, body: format.write('Error', answer) };
  }

  #refusalOf(
    error: unknown,
    requestId: string,
  ): { readonly refusal: RpcError | RamError; readonly detail?: Answer | undefined } {
    if (error instanceof RpcError || error instanceof RamError) return { refusal: error };
    if (error instanceof NotAllowed) {
      return { refusal: error.refusal, detail: error.detail && { ...error.detail } };
    }
    this.#log.error({ err: error, requestId }, 'a call of RAM or STS failed');
    return { refusal: RpcError.of('Internal') };
  }
}

/** Throws RpcError for calls that are none of what is served. */
function operationOf({ method, path, parameters, headers }: CallRequest): Operation {
  if (method !== 'GET' && method !== 'POST') throw RpcError.of('MethodUnsupported');
  if (path !== '/') throw RpcError.of('NoSuchApi');
  // Calls that are signed in a header name both in headers, others as parameters.
  const inHeaders = headers.has('authorization');
  const told = (parameter: string, header: string): string => {
    const value = (inHeaders ? headers.get(header) : undefined) || parameters.get(parameter);
    if (value === undefined || value === '') throw RpcError.missing(parameter);
    return value;
  };
  const version = told('Version', 'x-acs-version');
  return findOperation(version, told('Action', 'x-acs-action'));
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
