import { randomUUID } from 'node:crypto';
import type { CompiledPolicy } from '@openoss/access';
import { type Directory, type Identities, RamError } from '@openoss/directory';
import type { AccessExplainer } from './access-explainer.js';
import { type AnswerFormat, answerFormat, defaultFormat } from './answer/answer-format.js';
import type { Answer } from './answer/answer-value.js';
import { Authenticator } from './authentication/authenticate.js';
import { authorize, NotAllowed } from './authorize.js';
import { callContext } from './call-context.js';
import { type CallRequest, type ReceivedCall, readCall } from './call-request.js';
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

  /** Never rejects: what goes wrong is an answer too. */
  async serve(received: ReceivedCall): Promise<CallAnswer> {
    const requestId = newRequestId();
    let format = defaultFormat;
    try {
      const call = readCall(received);
      format = answerFormat(call);
      const operation = operationOf(call);
      const answer = await this.#perform(call, operation);
      const body = format.write(`${operation.name}Response`, { RequestId: requestId, ...answer });
      return { status: 200, requestId, contentType: format.contentType, body };
    } catch (error) {
      return this.#refusal(error, requestId, received, format);
    }
  }

  /** The answer to a call that is refused before it is read. */
  refuse(error: RpcError, received: Pick<ReceivedCall, 'headers'>): CallAnswer {
    return this.#refusal(error, newRequestId(), received, defaultFormat);
  }

  async #perform(request: CallRequest, operation: Operation): Promise<Answer> {
    const { product, name } = operation;
    const caller = await this.#authenticator.authenticate(request);
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
    await authorize(permissions, { principal, service, action: name, resources, context });
    return run();
  }

  #refusal(
    error: unknown,
    requestId: string,
    { headers }: Pick<ReceivedCall, 'headers'>,
    format: AnswerFormat,
  ): CallAnswer {
    const { refusal, detail } = this.#refusalOf(error, requestId);
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

const newRequestId = (): string => randomUUID().toUpperCase();
