import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type AuditDestination, PartlyWritten } from './audit-destination.js';
import { AuditLog } from './audit-log.js';

/** Files in memory, which fail as a test wants: `room` is how many bytes there are place for. */
class Shelf implements AuditDestination {
  readonly files = [''];
  room = Number.POSITIVE_INFINITY;
  stuck = false;
  calls = 0;

  async write(bytes: Buffer): Promise<void> {
    this.calls += 1;
    if (this.stuck) await new Promise(() => {});
    const taken = Math.min(this.room, bytes.length);
    this.room -= taken;
    this.files.push(`${this.files.pop()}${bytes.toString('utf8', 0, taken)}`);
    if (taken < bytes.length) throw new PartlyWritten(taken, new Error('ENOSPC'));
  }

  async reopen(): Promise<void> {
    this.files.push('');
  }

  writeNow(bytes: Buffer): void {
    this.files.push(`${this.files.pop()}${bytes}`);
  }

  async close(): Promise<void> {}
}

function makeLog(
  shelf: AuditDestination,
  limits: { readonly mostWaiting?: number; readonly closingTime?: number } = {},
) {
  const logged: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => logged.push(JSON.parse(line).msg) });
  const lines = new AuditLog({ destination: shelf, log, untilRetry: 5, ...limits });
  return { lines, logged };
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('an audit log', () => {
  it('writes lines of this process and of others, in their order, many at a time', async () => {
    const shelf = new Shelf();
    const { lines, logged } = makeLog(shelf);
    for (let at = 0; at < 1000; at++) {
      if (at % 10 === 0) lines.addLines(Buffer.from(`worker ${at}\n`));
      else lines.add(`line ${at} é\n`);
    }
    await expect.poll(() => lines.counts.written).toBe(1000);
    expect(shelf.calls).toBeLessThan(5);
    expect(shelf.files[0]?.split('\n')[11]).toBe('line 11 é');
    expect(shelf.files[0]?.split('\n')).toHaveLength(1001);
    expect(shelf.files[0]).toContain('\nworker 990\n');
    expect(logged).toEqual([]);
    await lines.close();
  });

  it('flushes what there is when it is closed, and takes nothing after', async () => {
    const shelf = new Shelf();
    const { lines } = makeLog(shelf);
    lines.add('one\n');
    const closed = lines.close();
    lines.add('late\n');
    await closed;
    expect(shelf.files).toEqual(['one\n']);
    expect(lines.counts).toEqual({ written: 1, lost: 1 });
  });

  it('keeps what cannot be written and goes on within the line, once there is room again', async () => {
    const shelf = new Shelf();
    const { lines, logged } = makeLog(shelf);
    shelf.room = 6;
    lines.add('one\n');
    lines.add('two\n');
    await expect.poll(() => shelf.calls).toBeGreaterThan(3);
    expect(shelf.files).toEqual(['one\ntw']);
    lines.add('three\n');
    shelf.room = Number.POSITIVE_INFINITY;
    await expect.poll(() => shelf.files).toEqual(['one\ntwo\nthree\n']);
    expect(lines.counts).toEqual({ written: 3, lost: 0 });
    expect(logged).toEqual([
      'the audit log cannot be written; it is tried again',
      'the audit log is written again',
    ]);
    await lines.close();
  });

  it('begins a line again that was cut short, in the file that is opened anew', async () => {
    const shelf = new Shelf();
    const { lines } = makeLog(shelf);
    shelf.room = 6;
    lines.add('one\n');
    lines.add('two\n');
    await expect.poll(() => shelf.calls).toBeGreaterThan(1);
    await lines.reopen();
    shelf.room = Number.POSITIVE_INFINITY;
    await lines.close();
    expect(shelf.files).toEqual(['one\ntw', 'two\n']);
    expect(lines.counts).toEqual({ written: 2, lost: 0 });
  });

  it('opens another file between lines, and loses none', async () => {
    const shelf = new Shelf();
    const { lines } = makeLog(shelf);
    for (let at = 0; at < 50; at++) {
      lines.add(`line ${at}\n`);
      if (at % 10 === 9) await lines.reopen();
    }
    await lines.close();
    expect(shelf.files.join('').split('\n')).toHaveLength(51);
    expect(shelf.files).toHaveLength(6);
    expect(shelf.files.every((text) => text === '' || text.endsWith('\n'))).toBe(true);
  });

  it('has a limit to what waits; lines beyond it are lost, counted, and said to be', async () => {
    const shelf = new Shelf();
    const { lines, logged } = makeLog(shelf, { mostWaiting: 100 });
    shelf.room = 0;
    lines.add('first\n');
    await expect.poll(() => shelf.calls).toBeGreaterThan(0);
    for (let at = 0; at < 30; at++) lines.add('123456789\n');
    lines.addLines(Buffer.from('a\nb\n'));
    expect(lines.counts.lost).toBe(22);
    shelf.room = Number.POSITIVE_INFINITY;
    await lines.close();
    expect(shelf.files[0]?.split('\n')).toHaveLength(12);
    expect(lines.counts).toEqual({ written: 11, lost: 22 });
    expect(logged.filter((message) => message.startsWith('audit lines are lost'))).toHaveLength(1);
  });

  it('tells what it could not write when it is closed', async () => {
    const shelf = new Shelf();
    const { lines, logged } = makeLog(shelf);
    shelf.room = 5;
    lines.add('one\n');
    lines.add('two\n');
    lines.add('three\n');
    await lines.close();
    expect(lines.counts).toEqual({ written: 1, lost: 2 });
    expect(logged).toContain('the last audit lines could not be written');
  });

  it('is closed although a write never ends', async () => {
    const shelf = new Shelf();
    const { lines } = makeLog(shelf, { closingTime: 50 });
    shelf.stuck = true;
    lines.add('one\n');
    const before = performance.now();
    await lines.close();
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(lines.counts.lost).toBe(1);
  });

  it('writes what waits when the process ends by itself, what it has begun from where it stood', async () => {
    const shelf = new Shelf();
    const { lines } = makeLog(shelf);
    shelf.room = 6;
    lines.add('one\n');
    lines.add('two\n');
    await expect.poll(() => shelf.calls).toBeGreaterThan(0);
    await wait(1);
    lines.add('three\n');
    lines.flushNow();
    expect(shelf.files).toEqual(['one\ntwo\nthree\n']);
    await lines.close();
  });
});
