import type { KeyService } from '@openoss/kms';
import {
  type Need,
  type Operation,
  type PreparedCall,
  refuseUnsupported,
} from '../../operation/operation.js';
import { type InputOf, type Parameters, readInput } from '../../operation/parameter.js';
import { KMS } from '../../product.js';
import type { EncryptionContextReader } from './encryption-context.js';
import { contextReader } from './encryption-context.js';

/** Everything about one operation of KMS. */
interface KmsDescription<P extends Parameters> {
  readonly name: string;
  readonly doc: string;
  readonly parameters: P;
  /** Parameters that KMS has and this service has not: a call with one is refused. */
  readonly unsupported?: readonly string[];
  /** What is to be allowed, and done then. What keys a call is about shows only when their names are looked up. */
  readonly prepare: (
    input: InputOf<P>,
    keys: KeyService,
    contextNamed: EncryptionContextReader,
  ) => PreparedCall | Promise<PreparedCall>;
}

/** An operation of KMS, of its description. */
export function kmsOperation<P extends Parameters>(description: KmsDescription<P>): Operation {
  const { name, doc, parameters, unsupported = [], prepare } = description;
  return {
    product: KMS,
    name,
    doc,
    parameters,
    prepare(given, { keys }) {
      refuseUnsupported(unsupported, given);
      return prepare(readInput(parameters, given), keys(), contextReader(given));
    },
  };
}

/** A key that a call names. */
export interface NamedKey {
  /** Its id, if there is one: what its name stands for must not change between the permission and the deed. */
  readonly key: string;
  readonly need: Need;
}

/**
 * The key of a name, and what has to be allowed for an action on it. One that is not there is asked about by its
 * name, so that only who may do this to it learns that it is not there.
 */
export async function namedKey(keys: KeyService, name: string, action: string): Promise<NamedKey> {
  const id = await keys.keyIdOf(name);
  if (id !== undefined) return { key: id, need: { action, resource: `key/${id}` } };
  const isRelative = name.startsWith('alias/') || name.startsWith('key/');
  return { key: name, need: { action, resource: isRelative ? name : `key/${name}` } };
}

/** An operation on one key that answers nothing but that it is done. */
export const done = (named: NamedKey, run: (key: string) => Promise<void>): PreparedCall => ({
  needs: [named.need],
  run: async () => {
    await run(named.key);
    return {};
  },
});
