import type { RpcCaller } from '../rpc-caller.js';
import { describeKey } from './described-key.js';

const ALIAS = /^(?:acs:kms:[^:]*:[^:]*:)?alias\//;
/** Ids are UUIDs here, and at Alibaba Cloud also of a kind that begins with its own prefix. */
const ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|key-[0-9a-z]{10,})$/;

/** Whether a text can be the name of a key of KMS and, but for an id, nothing else. */
export const isKmsKeyName = (text: string): boolean =>
  text.startsWith('acs:kms:') || ALIAS.test(text) || ID.test(text);

/** Whether it cannot be the name of a RAM user either, which may look like an id. */
export const isAliasOrArn = (text: string): boolean => isKmsKeyName(text) && !ID.test(text);

/** What calls take that take no alias: of an alias the id of its key, everything else as it is. */
export async function keyIdOf(server: RpcCaller, name: string): Promise<string> {
  return ALIAS.test(name) ? (await describeKey(server, name)).KeyId : name;
}

/** An alias where nothing else can be meant: its prefix may be left out. */
export const aliasOf = (text: string): string =>
  text.startsWith('acs:') || ALIAS.test(text) ? text : `alias/${text}`;
