import { anonymous, type Principal } from '@openoss/access';
import type { Directory } from '@openoss/directory';
import {
  checkClaim,
  OssError,
  parseClaim,
  type SignableRequest,
  verifySignature,
} from '@openoss/protocol';
import type { ServerSettings } from '../settings.js';

/** Who a request comes from, and how it was signed. */
export interface Caller {
  readonly principal: Principal;
  /** The access key that signed; undefined for an anonymous request. */
  readonly accessKeyId: string | undefined;
}

const ANONYMOUS_CALLER: Caller = { principal: anonymous, accessKeyId: undefined };

/**
 * Finds out who is asking: parses the claim, checks its dates and scope, looks the access key up,
 * verifies the signature. A request that claims to be signed is refused or verified, never anonymous.
 */
export async function authenticate(
  request: SignableRequest,
  directory: Directory,
  settings: Pick<ServerSettings, 'region' | 'now'>,
): Promise<Caller> {
  const claim = parseClaim(request);
  if (claim === undefined) return ANONYMOUS_CALLER;
  checkClaim(claim, { now: settings.now(), region: settings.region });
  const key = await directory.findAccessKey(claim.accessKeyId);
  // Users' policies are not decided by yet: until they are, nobody but an account gets in.
  if (key === undefined || key.principal.kind !== 'account') {
    throw new OssError('InvalidAccessKeyId', { details: { OSSAccessKeyId: claim.accessKeyId } });
  }
  verifySignature(claim, request, key.secret);
  // Only temporary credentials come with a token, and this key is a lasting one.
  if (claim.securityToken !== undefined) throw new OssError('AccessKeyAndTokenMismatch');
  return { principal: key.principal, accessKeyId: key.id };
}
