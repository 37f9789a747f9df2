import type { Operation } from '@openoss/protocol';
import { RpcError } from '@openoss/rpc';
import type { BoundHandler } from '../handler.js';
import { handlers } from '../handlers/index.js';
import type { InquiredResource } from './inquired-resource.js';

/** What is to be done, as far as it is known here. */
export interface InquiredAction {
  /** In the spelling of the operations that are served, which ACLs go by. */
  readonly actions: readonly string[];
  /** Of the operation whose own action is the first; undefined if none that is served has it. */
  readonly handler: BoundHandler | undefined;
  /** Sentences for whoever asks. */
  readonly notes: readonly string[];
}

/** The actions that operations ask for, by their names in lower case. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  handlers.flatMap(({ operation, actionsToCreate }) =>
    [...operation.actions.map(({ action }) => action), ...actionsToCreate].map((action) => [
      action.toLowerCase(),
      action,
    ]),
  ),
);

/** Those that ask object by object are about a bucket, their actions about objects. */
const BY_ACTION: ReadonlyMap<string, BoundHandler> = new Map(
  handlers
    .filter(({ authorizesEachObject }) => !authorizesEachObject)
    .flatMap((handler): [string, BoundHandler][] => {
      const [own] = handler.operation.actions;
      return own === undefined ? [] : [[own.action, handler]];
    }),
);

/** Finds the operation that actions are of; throws RpcError where it is not about what is named. */
export function inquiredAction(
  written: readonly string[],
  resource: InquiredResource,
): InquiredAction {
  const actions = written.map((action) => SPELLINGS.get(action.toLowerCase()) ?? action);
  const [first = ''] = actions;
  const handler = BY_ACTION.get(first);
  if (handler !== undefined) checkTarget(first, handler.operation, resource);
  const notes = actions
    .filter((action) => !SPELLINGS.has(action.toLowerCase()))
    .map((action) => `No operation that this server serves asks for ${action}.`);
  return { actions, handler, notes };
}

function checkTarget(
  action: string,
  { match }: Operation,
  { bucket, key }: InquiredResource,
): void {
  const named = bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'object';
  if (match.on === named) return;
  const needed = {
    service: 'the service: write *',
    bucket: 'a bucket: write its name, without a key',
    object: 'an object: write bucket/key',
  }[match.on];
  throw RpcError.invalid('Resource', `${action} is about ${needed}`);
}
