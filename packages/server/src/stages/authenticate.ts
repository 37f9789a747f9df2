import type { Principal } from '@openoss/access';
import type { AccessKey, Directory, Identity } from '@openoss/directory';
import {
  checkClaim,
  isTemporaryAccessKeyId,
  OssError,
  parseClaim,
  type SignableRequest,
  verifySignature,
} from '@openoss/protocol';
import type { ServerSettings } from '../settings.js';

/** Who a request comes from, and how it was signed. */
export interface Caller {
  readonly principal: Identity | Extract<Principal, { readonly kind: 'anonymous' }>;
  /** The access key that signed; undefined for an anonymous request. */
  readonly accessKeyId: string | undefined;
  /** Whether the directory was looked at since the request began: what is known of it is as new then. */
  readonly hasLooked: boolean;
}

const ANONYMOUS_CALLER: Caller = {
  principal: { kind: 'anonymous' },
  accessKeyId: undefined,
  hasLooked: false,
};

/**
 * Finds out who is asking: parses the claim, checks its dates and scope, looks the access key up, or
 * opens the token of a session, and verifies the signature. A request that claims to be signed is
 * refused or verified, never anonymous.
 */
export async function authenticate(
  request: SignableRequest,
  directory: Directory,
  settings: Pick<ServerSettings, 'region' | 'now'>,
): Promise<Caller> {
  const claim = parseClaim(request);
  if (claim === undefined) return ANONYMOUS_CALLER;
  checkClaim(claim, { now: settings.now(), region: settings.region });
  const { accessKeyId, securityToken } = claim;
  const isSession = securityToken !== undefined && isTemporaryAccessKeyId(accessKeyId);
  const key = isSession
    ? await sessionKey(directory, accessKeyId, securityToken)
    : ((await directory.findAccessKey(accessKeyId)) ?? (await refuseKey(directory, accessKeyId)));
  verifySignature(claim, request, key.secret);
  // Only temporary credentials come with a token, and this key is a lasting one.
  if (securityToken !== undefined && !isSession) throw new OssError('AccessKeyAndTokenMismatch');
  directory.noteUse(key, 'Oss');
  const { principal, id } = key;
  // The key of an account may be the root's, which may stand in no directory.
  return { principal, accessKeyId: id, hasLooked: principal.kind !== 'account' };
}

/** Throws what somebody is told whose lasting access key does not count. */
async function refuseKey(directory: Directory, accessKeyId: string): Promise<never> {
  const kind = (await directory.isInactive(accessKeyId))
    ? 'AccessKeyDisabled'
    : 'InvalidAccessKeyId';
  throw new OssError(kind, { details: { OSSAccessKeyId: accessKeyId } });
}

async function sessionKey(
  directory: Directory,
  accessKeyId: string,
  token: string,
): Promise<AccessKey> {
  const found = await directory.findSession(accessKeyId, token);
  switch (found.outcome) {
    case 'found':
      return found.key;
    case 'mismatch':
      throw new OssError('AccessKeyAndTokenMismatch');
    case 'expired':
      throw new OssError('SecurityTokenExpired');
    // No page tells what a session is answered whose role is no more; its token is worth nothing.
    case 'ended':
    case 'invalid':
      throw new OssError('SecurityTokenInvalid');
  }
}
