import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Connection, WaitingRequests } from './connection.js';
import type { Exchange } from './exchange.js';
import { SlowClients } from './slow-clients.js';

/** A socket whose figures a test sets. */
function countedSocket() {
  const figures = { received: 0, sent: 0, pending: 0 };
  const socket = Object.defineProperties(new Socket(), {
    bytesRead: { get: () => figures.received },
    bytesWritten: { get: () => figures.sent },
    writableLength: { get: () => figures.pending },
  });
  return { figures, socket };
}

function watched(headers: Record<string, string>) {
  const { figures, socket } = countedSocket();
  const request = new IncomingMessage(socket);
  const response = new ServerResponse(request);
  const exchange: Exchange = {
    id: 'id',
    request,
    response,
    connection: { hasWaiting: false, peer: undefined },
    headers: new Map(Object.entries(headers)),
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
  const clock = { now: 0 };
  const givenUp: string[] = [];
  const slow = new SlowClients({
    window: 1000,
    minimumRate: 100,
    giveUp: (_connection, _exchange, side) => givenUp.push(side),
    now: () => clock.now,
  });
  const connection = new Connection(socket, '10.1.2.3', new WaitingRequests(), () => {});
  slow.watch(connection);
  connection.receive(exchange);
  /** Time goes by, and everybody is looked at, again and again. */
  const pass = (milliseconds: number, meanwhile: () => void = () => {}) => {
    for (let end = clock.now + milliseconds; clock.now < end; ) {
      clock.now += 100;
      meanwhile();
      slow.look();
    }
  };
  slow.look();
  return { figures, request, response, exchange, connection, slow, givenUp, pass };
}

const upload = { 'content-length': '1000000' };

describe('a client that sends', () => {
  it('less than the rate in a whole window is given up', () => {
    const { figures, givenUp, pass } = watched(upload);
    pass(900);
    expect(givenUp).toEqual([]);
    pass(200, () => {
      figures.received += 5;
    });
    expect(givenUp).toEqual(['sending']);
  });

  it('as much as the rate is not, and what it sent at once does not last it for ever', () => {
    const { figures, givenUp, pass } = watched(upload);
    pass(5000, () => {
      figures.received += 10;
    });
    expect(givenUp).toEqual([]);
    figures.received += 1_000_000;
    pass(1000);
    expect(givenUp).toEqual([]);
    pass(1100);
    expect(givenUp).toEqual(['sending']);
  });

  it('is not waited for while the server has something to read, or has not told it to send', () => {
    const behind = watched(upload);
    behind.request.push(Buffer.from('not read yet'));
    behind.pass(5000);
    expect(behind.givenUp).toEqual([]);

    const held = watched(upload);
    held.exchange.expects = 'continue';
    held.pass(5000);
    expect(held.givenUp).toEqual([]);
  });

  it('everything, or nothing because there is no body, is not waited for', () => {
    const whole = watched(upload);
    whole.request.complete = true;
    whole.pass(5000);
    const none = watched({});
    none.pass(5000);
    expect([...whole.givenUp, ...none.givenUp]).toEqual([]);
  });
});

describe('a client that takes in', () => {
  function download() {
    const all = watched({});
    all.request.complete = true;
    all.response.writeHead(200);
    all.response.flushHeaders();
    return all;
  }

  it('less than the rate is given up', () => {
    const { figures, givenUp, pass } = download();
    figures.pending = 1000;
    pass(2000, () => {
      figures.sent += 5;
    });
    expect(givenUp).toEqual(['taking']);
  });

  it('as much as the rate is not, nor one for whom there is nothing to take in', () => {
    const steady = download();
    steady.figures.pending = 1000;
    steady.pass(5000, () => {
      steady.figures.sent += 10;
    });
    const waiting = download();
    waiting.pass(5000);
    expect([...steady.givenUp, ...waiting.givenUp]).toEqual([]);
  });
});

it('a connection that is forgotten, or idle, is not given up', () => {
  const gone = watched(upload);
  gone.slow.forget(gone.connection);
  gone.pass(5000);
  const idle = watched(upload);
  idle.connection.served(idle.exchange);
  idle.pass(5000);
  expect([...gone.givenUp, ...idle.givenUp]).toEqual([]);
});
