import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Connection } from './connection.js';
import type { Exchange } from './exchange.js';

function exchange(id: string): Exchange {
  const request = new IncomingMessage(new Socket());
  return {
    id,
    request,
    response: new ServerResponse(request),
    headers: new Map(),
    startedAt: 0,
    expects: undefined,
    parserFailed: false,
    bodyFault: undefined,
    closes: false,
    operation: undefined,
    refusedWith: undefined,
  };
}

function connectionOf(socket: Socket) {
  const served: string[] = [];
  const connection = new Connection(socket, ({ id }) => served.push(id));
  return { connection, served, socket };
}

describe('a connection', () => {
  it('serves what comes one after another, in order', () => {
    const { connection, served } = connectionOf(writableSocket());
    const [a, b, c] = [exchange('a'), exchange('b'), exchange('c')];
    for (const each of [a, b, c]) connection.receive(each);
    expect(served).toEqual(['a']);
    connection.served(a);
    expect(served).toEqual(['a', 'b']);
    connection.served(b);
    connection.served(c);
    expect(served).toEqual(['a', 'b', 'c']);
    connection.receive(exchange('d'));
    expect(served).toEqual(['a', 'b', 'c', 'd']);
  });

  it('reads no more while something waits', () => {
    const { connection, socket } = connectionOf(writableSocket());
    const [a, b, c] = [exchange('a'), exchange('b'), exchange('c')];
    connection.receive(a);
    expect(socket.isPaused()).toBe(false);
    connection.receive(b);
    connection.receive(c);
    expect(socket.isPaused()).toBe(true);
    connection.served(a);
    expect(socket.isPaused()).toBe(true);
    connection.served(b);
    expect(socket.isPaused()).toBe(false);
  });

  it('serves nothing after an answer that ends it, or when it is gone', () => {
    const ending = connectionOf(writableSocket());
    const last = exchange('last');
    ending.connection.receive(last);
    ending.connection.receive(exchange('behind'));
    last.closes = true;
    ending.connection.served(last);
    expect(ending.served).toEqual(['last']);

    const gone = connectionOf(writableSocket());
    const first = exchange('first');
    gone.connection.receive(first);
    gone.connection.receive(exchange('behind'));
    gone.socket.destroy();
    gone.connection.served(first);
    expect(gone.served).toEqual(['first']);
  });

  it('holds on to nothing when it is idle', () => {
    const { connection } = connectionOf(writableSocket());
    const only = exchange('only');
    connection.receive(only);
    expect(connection.latest).toBe(only);
    connection.served(only);
    expect(connection.latest).toBeUndefined();
  });
});

/** A socket that is connected to nothing, but does not know. */
function writableSocket(): Socket {
  const socket = new Socket({ writable: true, readable: true });
  expect(socket.writable).toBe(true);
  return socket;
}
