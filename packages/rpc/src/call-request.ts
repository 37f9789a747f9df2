import { type HeaderFields, OssError, parseQuery, parseRequestTarget } from '@openoss/protocol';
import { RpcError } from './rpc-error.js';

/** A call as it came in, its body read. */
export interface ReceivedCall {
  readonly method: string;
  /** The target of the request line. */
  readonly target: string;
  readonly headers: HeaderFields;
  readonly body: Buffer;
  /** The address it came from. */
  readonly peer: string;
  /** Whether it came over TLS. */
  readonly isSecure: boolean;
}

/** A call taken apart. */
export interface CallRequest extends Omit<ReceivedCall, 'target'> {
  readonly path: string;
  /** The parameters of the query. */
  readonly query: ReadonlyMap<string, string>;
  /** All parameters, those of a form body included. */
  readonly parameters: ReadonlyMap<string, string>;
}

const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Takes a call apart; throws RpcError. */
export function readCall({ target, ...received }: ReceivedCall): CallRequest {
  const { headers, body } = received;
  try {
    const { path, query: pairs } = parseRequestTarget(target);
    const query = new Map<string, string>();
    addAll(query, pairs);
    const parameters = new Map(query);
    if (body.length > 0 && FORM.test(headers.get('content-type') ?? '')) {
      addAll(parameters, parseQuery(body.toString('latin1')));
    }
    return { ...received, path, query, parameters };
  } catch (error) {
    if (error instanceof OssError) throw RpcError.of('ParametersMalformed');
    throw error;
  }
}

function addAll(
  parameters: Map<string, string>,
  pairs: Iterable<readonly [name: string, value: string | null]>,
): void {
  for (const [name, value] of pairs) {
    // Which of two values counts would be anybody's guess, and a signature's too.
    if (parameters.has(name)) throw RpcError.invalid(name);
    parameters.set(name, value ?? '');
  }
}
