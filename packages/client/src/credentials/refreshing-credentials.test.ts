import { describe, expect, it } from 'vitest';
import type { Clock } from '../clock.js';
import { CanceledError } from '../errors/canceled-error.js';
import { CredentialsError } from '../errors/credentials-error.js';
import { refreshingCredentials } from './refreshing-credentials.js';
import type { TemporaryCredentials } from './temporary-credentials.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 2, 15);

/** A source that gives when it is told to, a provider on it, and the time. */
function stage() {
  const time = { now: START };
  const clock: Clock = { now: () => time.now, sleep: async () => {} };
  const asked: { give: (lifeMs?: number) => void; fail: (reason: string | Error) => void }[] = [];
  const lines: string[] = [];
  const seen: string[] = [];
  const provider = refreshingCredentials(
    () =>
      new Promise<TemporaryCredentials>((resolve, reject) => {
        const serial = asked.length + 1;
        asked.push({
          give: (lifeMs = HOUR) =>
            resolve({
              accessKeyId: `STS.${serial}`,
              accessKeySecret: `secret${serial}`,
              securityToken: `token${serial}`,
              expiration: lifeMs === Number.POSITIVE_INFINITY ? undefined : time.now + lifeMs,
            }),
          fail: (reason) =>
            reject(typeof reason === 'string' ? new CredentialsError(reason) : reason),
        });
      }),
    {
      name: 'the test',
      clock,
      log: (level, message) => lines.push(`${level} ${message}`),
      onCredentials: ({ accessKeyId }) => seen.push(accessKeyId),
    },
  );
  const id = async (refused?: Parameters<typeof provider>[0]) =>
    (await provider(refused))?.accessKeyId;
  /** The first credentials are there. */
  const begin = async (lifeMs?: number) => {
    const first = id();
    asked[0]?.give(lifeMs);
    await first;
  };
  return { time, asked, lines, seen, provider, id, begin };
}

/** Lets everything that is ready to go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('credentials that are kept fresh', () => {
  it('are asked for once, however many wait, and tell of themselves first', async () => {
    const { asked, id, seen, lines } = stage();
    const waiting = Promise.all(Array.from({ length: 500 }, () => id()));
    await settle();
    expect(asked).toHaveLength(1);
    asked[0]?.give();
    expect(new Set(await waiting)).toEqual(new Set(['STS.1']));
    expect(asked).toHaveLength(1);
    expect(seen).toEqual(['STS.1']);
    expect(lines).toEqual([
      'info the test: credentials STS.1, good until 2026-01-02T16:00:00.000Z',
    ]);
  });

  it('are used for four fifths of their life, then replaced while requests go on', async () => {
    const { time, asked, id, begin } = stage();
    await begin();
    time.now = START + 0.8 * HOUR - 1;
    expect(await id()).toBe('STS.1');
    expect(asked).toHaveLength(1);
    time.now += 1;
    expect(await Promise.all(Array.from({ length: 500 }, () => id()))).not.toContain('STS.2');
    expect(asked).toHaveLength(2);
    asked[1]?.give();
    await settle();
    expect(await id()).toBe('STS.2');
    expect(asked).toHaveLength(2);
  });

  it('are waited for in the last of their life, and used all the same where there are no new', async () => {
    const { time, asked, id, begin } = stage();
    await begin();
    time.now = START + HOUR - 59_000;
    const waiting = id();
    await settle();
    asked[1]?.fail('busy');
    expect(await waiting).toBe('STS.1');
    time.now += 10_000;
    const again = id();
    await settle();
    asked[2]?.give();
    expect(await again).toBe('STS.3');
  });

  it('are used on where the source fails, which the log tells and nobody repeats at once', async () => {
    const { time, asked, id, begin, lines } = stage();
    await begin();
    time.now = START + 0.9 * HOUR;
    expect(await id()).toBe('STS.1');
    asked[1]?.fail('the source is down');
    await settle();
    expect(lines.at(-1)).toBe(
      'warning the test: no new credentials, those at hand are good until 2026-01-02T16:00:00.000Z: the source is down',
    );
    time.now += 9_999;
    expect(await id()).toBe('STS.1');
    expect(asked).toHaveLength(2);
    time.now += 1;
    expect(await id()).toBe('STS.1');
    expect(asked).toHaveLength(3);
  });

  it('are an error when they are over and there are no new', async () => {
    const { time, asked, id, provider } = stage();
    const none = id();
    asked[0]?.fail('the source is down');
    await expect(none).rejects.toThrow('no credentials from the test: the source is down');
    const first = id();
    asked[1]?.give();
    await first;
    time.now = START + HOUR;
    const late = Promise.allSettled([provider(), provider(), provider()]);
    await settle();
    expect(asked).toHaveLength(3);
    asked[2]?.fail('the source is down');
    for (const outcome of await late) {
      expect(outcome).toMatchObject({
        reason: {
          name: 'CredentialsError',
          retryable: false,
          message:
            'the credentials of the test expired at 2026-01-02T16:00:00.000Z, and there are no new ones: the source is down',
        },
      });
    }
  });

  it('that come expired are an error', async () => {
    const { asked, id } = stage();
    const first = id();
    asked[0]?.give(0);
    await expect(first).rejects.toThrow(/^no credentials from the test: those it gives expired at/);
  });

  it('without an end are kept until they are refused', async () => {
    const { time, asked, id, begin, provider, lines } = stage();
    await begin(Number.POSITIVE_INFINITY);
    expect(lines.at(-1)).toBe('info the test: credentials STS.1, good until they are refused');
    time.now = START + 1000 * HOUR;
    const refused = await provider();
    expect(asked).toHaveLength(1);
    const other = id(refused);
    asked[1]?.give();
    expect(await other).toBe('STS.2');
  });

  it('are replaced once where many are told that they are refused', async () => {
    const { asked, id, begin, provider } = stage();
    await begin();
    const refused = await provider();
    const waiting = Promise.all([id(refused), id(refused), id(), id(refused)]);
    await settle();
    expect(asked).toHaveLength(2);
    asked[1]?.give();
    expect(new Set(await waiting)).toEqual(new Set(['STS.2']));
    // Somebody who was slow to hear of it gets those that are there.
    expect(await id(refused)).toBe('STS.2');
    expect(asked).toHaveLength(2);
  });

  it('that were refused are not used again where there are no new', async () => {
    const { asked, id, begin, provider } = stage();
    await begin();
    const other = id(await provider());
    await settle();
    asked[1]?.fail('no');
    await expect(other).rejects.toThrow(
      'the service no longer takes the credentials of the test, and there are no new ones: no',
    );
    const next = id();
    await settle();
    asked[2]?.give();
    expect(await next).toBe('STS.3');
  });

  it('are canceled as what was canceled', async () => {
    const { asked, id } = stage();
    const first = id();
    asked[0]?.fail(new CanceledError('Ctrl-C'));
    await expect(first).rejects.toBeInstanceOf(CanceledError);
  });
});
