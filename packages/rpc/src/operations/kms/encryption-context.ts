import { type EncryptionContext, KmsError } from '@openoss/kms';

/** Reads the context that a call gives under a name; throws KmsError. */
export type EncryptionContextReader = (name: string) => EncryptionContext | undefined;

const MOST_CHARACTERS = 8192;

/**
 * Contexts are JSON objects of texts. What Alibaba Cloud's package for Node.js makes of one that it is given as an
 * object are parameters of their own, `EncryptionContext.<name>`: they are taken as well, for to pass over them
 * would leave a ciphertext unbound that is thought to be bound.
 */
export const contextReader =
  (given: ReadonlyMap<string, string>): EncryptionContextReader =>
  (name) => {
    const json = given.get(name) ?? '';
    const prefix = `${name}.`;
    const pairs = [...given].filter(([parameter]) => parameter.startsWith(prefix));
    if (pairs.length === 0) return json === '' ? undefined : parsed(name, json);
    const context = Object.fromEntries(
      pairs.map(([parameter, value]) => [parameter.slice(prefix.length), value]),
    );
    if (json !== '' || JSON.stringify(context).length > MOST_CHARACTERS)
      throw KmsError.invalid(name);
    return context;
  };

function parsed(name: string, json: string): EncryptionContext {
  if (json.length > MOST_CHARACTERS) throw KmsError.invalid(name);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw KmsError.invalid(name);
  }
  if (!isContext(value)) throw KmsError.invalid(name);
  return value;
}

function isContext(value: unknown): value is EncryptionContext {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}
