/** What goes over the wire between clients and a server: a test can look for it elsewhere. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface WireTap {
  /** Where clients are to go in place of the server. */
  readonly endpoint: string;
  /** All that clients have sent, and all that they have got. */
  readonly sent: () => string;
  readonly received: () => string;
}

/** Stands between clients and a server, and passes everything on as it comes, also how they end. */
export async function wireTap(endpoint: string): Promise<WireTap> {
  const { hostname, port } = new URL(endpoint);
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const open = new Set<Socket>();
  const tap = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    pass(client, server, sent);
    pass(server, client, received);
  });
  function pass(from: Socket, to: Socket, heard: Buffer[]): void {
    open.add(from);
    from.on('data', (chunk: Buffer) => {
      heard.push(chunk);
      to.write(chunk);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => open.delete(from));
  }
  tap.listen(0, '127.0.0.1');
  await once(tap, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    tap.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(tap.address() as AddressInfo).port}`,
    sent: () => Buffer.concat(sent).toString('latin1'),
    received: () => Buffer.concat(received).toString('latin1'),
  };
}
