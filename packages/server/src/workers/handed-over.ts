import type { Worker } from 'node:cluster';

/** A connection as node:cluster passes it on. */
interface Handle {
  close(): void;
}

/** What node:cluster's processes tell each other, as far as connections go. */
interface ClusterMessage {
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}

/**
 * Ends the connections that were on their way to a worker when it died. node:cluster keeps one until
 * the worker says that it has it, and forgets it when the worker never does: the connection would
 * stay open, with nobody to serve it, for as long as its client waits (seen with Node 20.20: four in
 * eight kills under load).
 */
export function endUnansweredConnections(worker: Worker): void {
  const underWay = new Map<number, Handle>();
  const child = worker.process;
  const send = child.send?.bind(child) as ((...args: unknown[]) => boolean) | undefined;
  if (send === undefined) return;
  const noting = (message: ClusterMessage, handle: unknown, ...rest: unknown[]): boolean => {
    if (message.act === 'newconn' && message.seq !== undefined && isHandle(handle)) {
      underWay.set(message.seq, handle);
    }
    return send(message, handle, ...rest);
  };
  Object.assign(child, { send: noting });
  child.on('internalMessage', ({ ack }: ClusterMessage) => {
    if (ack !== undefined) underWay.delete(ack);
  });
  worker.once('exit', () => {
    for (const handle of underWay.values()) handle.close();
    underWay.clear();
  });
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'close' in value;
}
