/**
 * Puts of new keys into a bucket of its own.
 *
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {string} bucket
 * @param {number} bodyBytes
 * @param {number} connections
 * @returns {import('../load/measured-load.mjs').Turn}
 */
export function putIntoBucket(server, bucket, bodyBytes, connections) {
  return {
    server,
    kind: `put ${bodyBytes} ${connections}`,
    connections,
    statuses: server.putStatuses,
    recipe: (distinct, turn) => ({
      kind: 'put-objects',
      bucket,
      prefix: `${turn}/`,
      first: 0,
      distinct,
      bodyBytes,
    }),
  };
}
