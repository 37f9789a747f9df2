/**
 * A refusal that needs no byte of the body is answered at once, and the client that is sending sees
 * it: whether it reads while it sends (Node) or only when it has sent everything (Python).
 */
import { spawnSync } from 'node:child_process';
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send } from '../support/http.js';
import { outcomeOf, start } from '../support/programs.js';
import { startOss } from '../support/start-oss.js';

const bucket = 'examplebucket';
let oss: OpenOss;
beforeAll(async () => {
  oss = await startOss({ buckets: [bucket] });
});
afterAll(() => oss.close());

describe('node:http sees the refusal', () => {
  it.each([
    [1, 3],
    [8, 3],
    [48, 3],
    [100, 1],
  ])('of %d MiB that it is sending', async (mebibytes, rounds) => {
    const body = Buffer.alloc(mebibytes * 1024 * 1024);
    for (let round = 0; round < rounds; round++) {
      const answer = await send(oss.endpoint, { method: 'PUT', bucket, key: 'early', body });
      expect(answer.status).toBe(403);
      expect(answer.headers.connection).toBe('close');
      expect(errorOf(answer).Code).toBe('AccessDenied');
    }
  });
});

const hasPython = spawnSync('python3', ['-c', 'import http.client']).status === 0;

describe("Python's http.client, which sends everything before it reads, sees the refusal", () => {
  // Past what is drained, in bytes or in time, the sending fails; the answer is there all the same.
  it.runIf(hasPython).each([
    [8, 'plain', /^sent 403 True\n$/],
    [8, 'chunked', /^sent 403 True\n$/],
    [48, 'plain', /^(?:sent|broken) 403 True\n$/],
    [100, 'plain', /^(?:sent|broken) 403 True\n$/],
    [100, 'chunked', /^(?:sent|broken) 403 True\n$/],
  ])('of %d MiB, %s', async (mebibytes, framing, expected) => {
    const script = `
import http.client, sys
host, port, mebibytes, framing = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
connection = http.client.HTTPConnection(host, port, timeout=30)
sending = 'sent'
try:
    if framing == 'chunked':
        chunks = (bytes(65536) for _ in range(mebibytes * 16))
        connection.request('PUT', '/${bucket}/early', chunks, {'Transfer-Encoding': 'chunked'}, encode_chunked=True)
    else:
        connection.request('PUT', '/${bucket}/early', bytes(mebibytes << 20))
except (BrokenPipeError, ConnectionResetError):
    sending = 'broken'
answer = connection.getresponse()
print(sending, answer.status, '<Code>AccessDenied</Code>' in answer.read().decode())
`;
    const { hostname, port } = new URL(oss.endpoint);
    const child = start(['python3', '-c', script, hostname, port, String(mebibytes), framing]);
    const { stdout, stderr } = await outcomeOf(child);
    expect(stderr).toBe('');
    expect(stdout).toMatch(expected);
  });
});
