import type { CompiledPolicy } from '@openoss/access';
import type { AccessKey, Accounts, Directory, Ram, RequestContext, Sts } from '@openoss/directory';
import type { KeyService } from '@openoss/kms';
import type { AccessExplainer } from '../access-explainer.js';
import type { Answer } from '../answer/answer-value.js';
import type { StreamedAnswer } from '../answer/streamed-answer.js';
import type { CallRequest } from '../call-request.js';
import type { Product } from '../product.js';
import type { Reencryptor } from '../reencryptor.js';
import { RpcError } from '../rpc-error.js';
import { type InputOf, type Parameters, readInput } from './parameter.js';

/** Who calls, and what it may be about. */
export interface Call {
  readonly caller: AccessKey;
  /** RAM, as the caller's account has it. */
  readonly ram: Ram;
  /** RAM as another account has it. */
  readonly ramOf: (account: string) => Ram;
  readonly accounts: Accounts;
  readonly sts: Sts<CompiledPolicy, CompiledPolicy>;
  /** The keys of the caller's account; throws KmsError where it has none. */
  readonly keys: () => KeyService;
  readonly directory: Pick<Directory, 'account' | 'rotateRoot'>;
  readonly explainer: AccessExplainer;
  readonly reencryptor: Reencryptor;
  /** How the call came. */
  readonly received: Pick<CallRequest, 'peer' | 'isSecure' | 'headers'>;
  /** What the conditions of policies may ask of the call. */
  readonly context: RequestContext;
}

/** Everything about one operation. */
interface Description<P extends Parameters> {
  readonly product: Product;
  readonly name: string;
  readonly doc: string;
  readonly parameters: P;
  /** Parameters that the product has and this service has not: a call with one is refused. */
  readonly unsupported?: readonly string[];
  /**
   * What the action of the operation's name is done to, such as `user/alice`: each has to be allowed. Absent
   * for operations that decide for themselves, or need no permission.
   */
  readonly resources?: (input: InputOf<P>, call: Call) => readonly string[];
  /** Throws RamError. */
  readonly run: (input: InputOf<P>, call: Call) => Promise<Answer | StreamedAnswer>;
}

/** An action that has to be allowed on a resource, such as `user/alice`, of the caller's account. */
export interface Need {
  readonly action: string;
  readonly resource: string;
}

/** An operation with what it was given. */
export interface PreparedCall {
  /** What has to be allowed before it is run. */
  readonly needs: readonly Need[];
  /** `allow` resolves where something that shows only now is allowed too, and rejects otherwise. */
  readonly run: (
    allow: (needs: readonly Need[]) => Promise<void>,
  ) => Promise<Answer | StreamedAnswer>;
}

/** An operation as a call finds it by its name. */
export interface Operation {
  readonly product: Product;
  readonly name: string;
  readonly doc: string;
  readonly parameters: Parameters;
  /** Reads the parameters; throws RpcError, RamError or KmsError. */
  readonly prepare: (
    given: ReadonlyMap<string, string>,
    call: Call,
  ) => PreparedCall | Promise<PreparedCall>;
}

/** An operation, of its description. */
export function operation<P extends Parameters>(description: Description<P>): Operation {
  const { product, name, doc, parameters, unsupported = [], resources, run } = description;
  return {
    product,
    name,
    doc,
    parameters,
    prepare(given, call) {
      refuseUnsupported(unsupported, given);
      const input = readInput(parameters, given);
      const those = resources?.(input, call) ?? [];
      const needs = those.map((resource) => ({ action: name, resource }));
      return { needs, run: () => run(input, call) };
    },
  };
}

/** Throws RpcError for parameters that would do something else than is done here. */
export function refuseUnsupported(
  unsupported: readonly string[],
  given: ReadonlyMap<string, string>,
): void {
  for (const [parameter, value] of given) {
    const [first = ''] = parameter.split('.', 1);
    if (unsupported.includes(first) && value !== '') throw RpcError.unsupported(first);
  }
}
