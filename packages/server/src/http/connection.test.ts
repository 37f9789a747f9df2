import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Connection, WaitingRequests } from './connection.js';
import type { Exchange } from './exchange.js';

function exchange(id: string): Exchange {
  const request = new IncomingMessage(new Socket());
  return {
    id,
    request,
    response: new ServerResponse(request),
    connection: { hasWaiting: false, peer: undefined },
    headers: new Map(),
    startedAt: 0,
    expects: undefined,
    parserFailed: false,
    bodyFault: undefined,
    closes: false,
    operation: undefined,
    refusedWith: undefined,
    address: undefined,
    caller: undefined,
    authorization: undefined,
    document: undefined,
    bytesIn: 0,
    bytesOut: 0,
    ending: undefined,
  };
}

function connectionOf(socket: Socket, all = new WaitingRequests(1000)) {
  const served: string[] = [];
  const connection = new Connection(socket, '10.1.2.3', all, ({ id }) => served.push(id));
  return { connection, served, socket };
}

describe('a connection', () => {
  it('serves what comes one after another, in order', async () => {
    const { connection, served } = connectionOf(writableSocket());
    const [a, b, c] = [exchange('a'), exchange('b'), exchange('c')];
    for (const each of [a, b, c]) connection.receive(each);
    expect(served).toEqual(['a']);
    connection.served(a);
    await nextTurn();
    expect(served).toEqual(['a', 'b']);
    connection.served(b);
    await nextTurn();
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

  it('serves nothing after an answer that ends it, or when it is gone', async () => {
    const ending = connectionOf(writableSocket());
    const last = exchange('last');
    ending.connection.receive(last);
    ending.connection.receive(exchange('behind'));
    last.closes = true;
    ending.connection.served(last);
    ending.connection.receive(exchange('later'));
    await nextTurn();
    expect(ending.served).toEqual(['last']);

    const gone = connectionOf(writableSocket());
    const first = exchange('first');
    gone.connection.receive(first);
    gone.connection.receive(exchange('behind'));
    gone.socket.destroy();
    gone.connection.served(first);
    await nextTurn();
    expect(gone.served).toEqual(['first']);

    const going = connectionOf(writableSocket());
    const before = exchange('before');
    going.connection.receive(before);
    going.connection.receive(exchange('behind'));
    going.connection.served(before);
    // It goes in the moment between two requests.
    going.socket.destroy();
    await nextTurn();
    expect(going.served).toEqual(['before']);
    expect(going.connection.serving).toBeUndefined();
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

describe('requests that wait', () => {
  it('are at most 512 on one connection', async () => {
    const { connection, served } = connectionOf(writableSocket());
    const first = exchange('first');
    connection.receive(first);
    const taken = Array.from({ length: 600 }, (_, at) => connection.receive(exchange(`${at}`)));
    expect(taken.filter(Boolean)).toHaveLength(512);
    expect(taken[512]).toBe(false);
    // What was not taken is not the last one.
    expect(connection.latest?.id).toBe('511');
    connection.served(first);
    await nextTurn();
    expect(served).toEqual(['first', '0']);
    expect(connection.receive(exchange('again'))).toBe(true);
  });

  it('are bounded on all connections together, and make room when they go, however they go', () => {
    const all = new WaitingRequests(3);
    const [one, two] = [
      connectionOf(writableSocket(), all).connection,
      connectionOf(writableSocket(), all).connection,
    ];
    const [first, second] = [exchange('first'), exchange('second')];
    one.receive(first);
    two.receive(second);
    expect([1, 2].map((id) => one.receive(exchange(`${id}`)))).toEqual([true, true]);
    expect([1, 2].map((id) => two.receive(exchange(`${id}`)))).toEqual([true, false]);
    one.served(first);
    expect(two.receive(exchange('3'))).toBe(true);
    expect(two.receive(exchange('4'))).toBe(false);
    two.socket.destroy();
    two.served(second);
    expect([5, 6, 7].map((id) => one.receive(exchange(`${id}`)))).toEqual([true, true, false]);
  });
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A socket that is connected to nothing, but does not know. */
function writableSocket(): Socket {
  const socket = new Socket({ writable: true, readable: true });
  expect(socket.writable).toBe(true);
  return socket;
}
