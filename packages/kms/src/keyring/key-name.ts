import { KmsError } from '../kms-error.js';
import type { KeyScope } from './entries.js';
import { isUuid } from './uuid-bytes.js';

/** What a key is named by: its id, or an alias, without its prefix. */
export type KeyName = { readonly id: string } | { readonly alias: string };

const ALIAS_PREFIX = 'alias/';
const ALIAS = /^[A-Za-z0-9_/-]{1,255}$/;
/** For the keys that services make for themselves. */
const RESERVED = /^acs\//;

/**
 * The name that a text is: an id, an alias, or the ARN of one of them in this account and region. Undefined for
 * what names no key that could be here.
 */
export function keyNameOf(text: string, scope: KeyScope): KeyName | undefined {
  const own = `acs:kms:${scope.region}:${scope.account}:`;
  const relative = text.startsWith(own) ? text.slice(own.length) : text;
  if (relative.startsWith(ALIAS_PREFIX)) {
    const alias = relative.slice(ALIAS_PREFIX.length);
    return ALIAS.test(alias) ? { alias } : undefined;
  }
  const id = relative !== text && relative.startsWith('key/') ? relative.slice(4) : relative;
  return isUuid(id) ? { id } : undefined;
}

/** An alias that is to be made or changed, without its prefix; throws KmsError. */
export function changeableAlias(text: string): string {
  const alias = aliasOf(text);
  if (RESERVED.test(alias)) throw KmsError.invalid('AliasName');
  return alias;
}

function aliasOf(text: string): string {
  const alias = text.startsWith(ALIAS_PREFIX) ? text.slice(ALIAS_PREFIX.length) : '';
  if (!ALIAS.test(alias)) throw KmsError.invalid('AliasName');
  return alias;
}

export const aliasName = (alias: string): string => `${ALIAS_PREFIX}${alias}`;

export const arnOf = ({ account, region }: KeyScope, relative: string): string =>
  `acs:kms:${region}:${account}:${relative}`;
