import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AuditFile } from './audit-file.js';

let folder: string;
let file: string;
const logged: unknown[] = [];
const log = pino({ base: null }, { write: (line: string) => logged.push(JSON.parse(line)) });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'openoss-audit-'));
  file = path.join(folder, 'audit.log');
  logged.length = 0;
  return () => rm(folder, { recursive: true, force: true });
});

async function opened(maxBytes = 0, keep = 3): Promise<AuditFile> {
  const audit = await AuditFile.open({ path: file, maxBytes, keep, log });
  onTestFinished(() => audit.close());
  return audit;
}

const lines = (from: number, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => `{"line":${from + at}}\n`).join(''));
const read = (name = 'audit.log') => readFile(path.join(folder, name), 'utf8');

/** The numbers of the lines in files, the oldest first. */
async function numbersIn(...names: string[]): Promise<number[]> {
  const texts = await Promise.all(names.map(read));
  return texts.flatMap((text) => {
    expect(text.endsWith('\n')).toBe(true);
    return text
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line).line);
  });
}

describe('an audit file', () => {
  it('is for its owner only, and goes on where it was', async () => {
    await (await opened()).write(lines(0, 2));
    await (await opened()).write(lines(2, 1));
    expect(await numbersIn('audit.log')).toEqual([0, 1, 2]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is begun anew before it has more than its size, and keeps so many', async () => {
    const audit = await opened(100, 3);
    let next = 0;
    for (const count of [3, 1, 20, 2, 9]) {
      await audit.write(lines(next, count));
      next += count;
    }
    const names = (await readdir(folder)).sort();
    expect(names).toEqual(['audit.log', 'audit.log.1', 'audit.log.2', 'audit.log.3']);
    for (const name of names) {
      expect((await stat(path.join(folder, name))).size).toBeLessThanOrEqual(100);
    }
    const kept = await numbersIn('audit.log.3', 'audit.log.2', 'audit.log.1', 'audit.log');
    // Nothing between the oldest that was kept and the last is missing or stands twice.
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => next - kept.length + at));
    expect(kept.length).toBeGreaterThan(3 * 6);
  });

  it('takes a line that is longer than its size by itself', async () => {
    const audit = await opened(100, 2);
    const long = `{"line":${'1'.repeat(200)}}\n`;
    await audit.write(Buffer.from(`{"line":0}\n${long}{"line":2}\n`));
    expect([await read('audit.log.2'), await read('audit.log.1'), await read()]).toEqual([
      '{"line":0}\n',
      long,
      '{"line":2}\n',
    ]);
  });

  it('keeps none besides when told so, and counts what it found', async () => {
    await writeFile(file, lines(0, 9));
    const audit = await opened(100, 0);
    await audit.write(lines(9, 2));
    expect(await readdir(folder)).toEqual(['audit.log']);
    expect(await numbersIn('audit.log')).toEqual([9, 10]);
  });

  it('ends the line that a crash has cut short', async () => {
    await writeFile(file, '{"line":0}\n{"li');
    await (await opened()).write(lines(2, 1));
    expect(await read()).toBe('{"line":0}\n{"li\n{"line":2}\n');
  });

  it('is written to a new file when the old one was moved away, once told so', async () => {
    const audit = await opened();
    await audit.write(lines(0, 1));
    await rename(file, path.join(folder, 'moved'));
    await audit.write(lines(1, 1));
    await audit.reopen();
    await audit.write(lines(2, 1));
    expect(await numbersIn('moved')).toEqual([0, 1]);
    expect(await numbersIn('audit.log')).toEqual([2]);
  });

  it('goes on with the old file where it cannot be rotated, and says so', async () => {
    const audit = await opened(100, 1);
    await audit.write(lines(0, 8));
    // A directory of that name cannot be replaced by a file.
    await mkdir(path.join(folder, 'audit.log.1'));
    await audit.write(lines(8, 8));
    await audit.write(lines(16, 8));
    expect(await numbersIn('audit.log')).toEqual(Array.from({ length: 24 }, (_, at) => at));
    expect(logged).toMatchObject([{ msg: expect.stringContaining('cannot be rotated') }]);
  });

  it('writes at once when the process is about to end', async () => {
    const audit = await opened();
    audit.writeNow(lines(0, 2));
    expect(await numbersIn('audit.log')).toEqual([0, 1]);
  });

  it('is refused where it cannot be made', async () => {
    const nowhere = path.join(folder, 'none', 'audit.log');
    await expect(
      AuditFile.open({ path: nowhere, maxBytes: 0, keep: 1, log }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
