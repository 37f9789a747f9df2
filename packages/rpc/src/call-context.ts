import type { AccessKey, RequestContext } from '@openoss/directory';
import { utf8Text } from '@openoss/protocol';
import type { CallRequest } from './call-request.js';

/** What the conditions of policies may ask of a call; of anything else nothing is known. */
export function callContext(
  { peer, headers, isSecure }: CallRequest,
  { id }: AccessKey,
  now: number,
): RequestContext {
  return (key) => {
    switch (key) {
      case 'acs:SourceIp':
        return peer;
      // Nothing here comes through a VPC.
      case 'acs:SourceVpc':
      case 'acs:SourceVpcId':
        return '';
      case 'acs:UserAgent': {
        const agent = headers.get('user-agent');
        return agent === undefined ? undefined : utf8Text(agent);
      }
      case 'acs:CurrentTime':
        return new Date(now).toISOString();
      case 'acs:SecureTransport':
        return String(isSecure);
      case 'acs:AccessId':
        return id;
      // Access keys are used without, and there is nothing else to come with.
      case 'acs:MFAPresent':
        return 'false';
      default:
        return undefined;
    }
  };
}
