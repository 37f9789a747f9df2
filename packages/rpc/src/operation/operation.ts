import type { CompiledPolicy } from '@openoss/access';
import type { AccessKey, Accounts, Directory, Ram, RequestContext, Sts } from '@openoss/directory';
import type { AccessExplainer } from '../access-explainer.js';
import type { Answer } from '../answer/answer-value.js';
import type { Product } from '../product.js';
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
  readonly directory: Pick<Directory, 'account' | 'rotateRoot'>;
  readonly explainer: AccessExplainer;
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
  readonly run: (input: InputOf<P>, call: Call) => Promise<Answer>;
}

/** An operation with what it was given. */
export interface PreparedCall {
  readonly resources: readonly string[];
  readonly run: () => Promise<Answer>;
}

/** An operation as a call finds it by its name. */
export interface Operation {
  readonly product: Product;
  readonly name: string;
  readonly doc: string;
  readonly parameters: Parameters;
  /** Reads the parameters; throws RpcError or RamError. */
  readonly prepare: (given: ReadonlyMap<string, string>, call: Call) => PreparedCall;
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
      for (const [parameter, value] of given) {
        const [first = ''] = parameter.split('.', 1);
        if (unsupported.includes(first) && value !== '') throw RpcError.unsupported(first);
      }
      const input = readInput(parameters, given);
      return { resources: resources?.(input, call) ?? [], run: () => run(input, call) };
    },
  };
}
