import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  policyOf,
  type ServedIdentities,
  startWithIdentities,
} from '../support/start-with-identities.js';

let served: ServedIdentities;
beforeAll(async () => {
  served = await startWithIdentities();
});
afterAll(() => served.close());

const bucket = 'examplebucket';
const ROUNDS = 12;

/** Sends a whole request, and resets the connection before anybody may have looked who it is from. */
function sendAndReset(text: string, isServerBusy: boolean): Promise<void> {
  const { hostname, port } = new URL(served.oss.endpoint);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      // This process serves, too: while it waits here, nothing is accepted.
      if (isServerBusy) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      socket.write(text, () => socket.resetAndDestroy());
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}

// A socket that was reset does not tell its address any more.
it.each([false, true])(
  'a Deny on an address holds for who resets the connection (server busy: %s)',
  async (isServerBusy) => {
    const { owner } = served.own;
    await served.service.createBucket(bucket);
    const opened = {
      query: [['acl', null]],
      headers: { 'x-oss-acl': 'public-read-write' },
    } as const;
    expect((await owner.send({ method: 'PUT', bucket, ...opened })).status).toBe(200);
    const document = policyOf({
      Effect: 'Deny',
      Principal: ['*'],
      Action: 'oss:*',
      Resource: `acs:oss:*:*:${bucket}/*`,
      Condition: {
        IpAddress: { 'acs:SourceIp': '127.0.0.0/8' },
        StringNotLike: { 'acs:UserAgent': 'owner' },
      },
    });
    const policy = { method: 'PUT', bucket, query: [['policy', null]], body: document } as const;
    expect((await owner.send(policy)).status).toBe(200);

    const done: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const key = `reset-${isServerBusy}-${round}`;
      await sendAndReset(
        `PUT /${bucket}/${key} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nevil`,
        isServerBusy,
      );
      const get = { bucket, key, headers: { 'user-agent': 'owner' } };
      // Whatever was begun has ended by then: commits have one order.
      expect((await owner.send({ ...get, method: 'PUT', key: 'after', body: 'x' })).status).toBe(
        200,
      );
      if ((await owner.send(get)).status !== 404) done.push(key);
    }
    expect(done).toEqual([]);
  },
);
