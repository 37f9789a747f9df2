import { type Call, type Operation, operation } from '../operation/operation.js';
import { optional, type ParameterType, required, text } from '../operation/parameter.js';
import { OPENOSS } from '../product.js';
import { RpcError } from '../rpc-error.js';
import { identityOf, parsePrincipal, principalResource } from './named-principal.js';

/** More than any operation needs. */
const MOST_ACTIONS = 10;
const ACTION = /^(?:oss|kms):[A-Za-z0-9]+$/i;

const actions: ParameterType<readonly string[]> = {
  name: 'string',
  read(value, parameter) {
    const read = value.split(',').map((action) => action.trim());
    if (read.some((action) => /^(?:ram|sts):/i.test(action))) {
      throw RpcError.invalid(
        parameter,
        'requests to OSS and actions on keys of KMS are explained, and no calls of RAM and STS',
      );
    }
    if (read.length > MOST_ACTIONS || !read.every((action) => ACTION.test(action))) {
      throw RpcError.invalid(
        parameter,
        'write actions of OSS or of KMS such as oss:PutObject, with commas',
      );
    }
    return read;
  },
};

const context: ParameterType<ReadonlyMap<string, string>> = {
  name: 'string',
  read(value, parameter) {
    let document: unknown;
    try {
      document = JSON.parse(value);
    } catch {
      document = undefined;
    }
    if (typeof document !== 'object' || document === null || Array.isArray(document)) {
      throw RpcError.invalid(parameter, 'write a JSON object of condition keys and texts');
    }
    const told = new Map<string, string>();
    for (const [key, one] of Object.entries(document)) {
      if (typeof one !== 'string') throw RpcError.invalid(parameter, `${key} has to be a text`);
      told.set(key, one);
    }
    return told;
  },
};

const principalOf = ({ principal }: { readonly principal: string }, { caller }: Call) =>
  parsePrincipal(principal, accountOf(caller), 'Principal');

const accountOf = ({ principal }: Call['caller']): string => principal.account;

/** Permissions as they stand, explained; an operation of our own (docs/decisions/0008). */
export const explainOperations: readonly Operation[] = [
  operation({
    product: OPENOSS,
    name: 'ExplainAccess',
    doc: 'Decides about a request to OSS, or an action on a key of KMS, as OSS would, and tells what decided and why.',
    parameters: {
      principal: required('Principal', text),
      actions: required('Actions', actions),
      resource: required('Resource', text),
      context: optional('Context', context),
      sessionPolicy: optional('SessionPolicy', text),
    },
    resources: (input, call) => [
      principalResource(principalOf(input, call), accountOf(call.caller)),
    ],
    run: async (input, call) => {
      const { ramOf } = call;
      const account = accountOf(call.caller);
      const of = principalOf(input, call);
      if (input.sessionPolicy !== undefined && of.kind !== 'role') {
        throw RpcError.invalid('SessionPolicy', 'only sessions of roles are held to one');
      }
      return call.explainer.explain({
        account,
        principal: await identityOf(of, { account, ramOf }, input.sessionPolicy || undefined),
        actions: input.actions,
        resource: input.resource,
        context: input.context ?? new Map(),
      });
    },
  }),
];
