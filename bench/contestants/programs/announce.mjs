/**
 * Listens on a free loopback port and prints it; SIGTERM ends the process.
 *
 * @param {import('node:net').Server} server
 */
export function announce(server) {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not a port');
    process.stdout.write(`ready ${address.port}\n`);
  });
  process.on('SIGTERM', () => process.exit());
}
