import type { LookupFunction } from 'node:net';

/**
 * Looks host names up, `*.localhost` as `localhost`: RFC 6761, 6.3 has every such name mean this
 * machine, but not every resolver knows, and `<bucket>.localhost` is how a local server is addressed.
 */
export const localhostLookup: LookupFunction = (hostname, options, callback) => {
  const name = /\.localhost\.?$/i.test(hostname) ? 'localhost' : hostname;
  // Loaded when there is a name to look up: an address needs none.
  process.getBuiltinModule('node:dns').lookup(name, options, callback);
};
