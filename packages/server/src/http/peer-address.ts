/** IPv4 as sockets that listen for both kinds of addresses show it. */
const MAPPED = '::ffff:';

/** The address of a client as people and policies write it. */
export function withoutMapping(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
