import { parseResource } from '@openoss/access';
import { RpcError } from '@openoss/rpc';

/** Where a question is asked. */
export interface Here {
  readonly region: string;
  readonly account: string;
}

/**
 * The last part of the name of a resource of this region and account, `acs:<service>:<region>:<account>:…`; a text
 * without `acs:` is that part. `forms` says what there is to write. Throws RpcError.
 */
export function relativeIdOf(
  text: string,
  { service, forms, region, account }: Here & { readonly service: string; readonly forms: string },
): string {
  if (!text.startsWith('acs:')) return text;
  const resource = parseResource(text);
  if (resource?.service !== service) throw RpcError.invalid('Resource', `write ${forms}`);
  if (!['', '*', region, `${service}-${region}`].includes(resource.region)) {
    throw RpcError.invalid('Resource', `this server is in ${region}`);
  }
  if (!['', '*', account].includes(resource.account)) {
    throw RpcError.invalid('Resource', 'it is of another account');
  }
  return resource.relativeId;
}
