import { describe, expect, it } from 'vitest';
import { KeyQueue } from './key-queue.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('KeyQueue', () => {
  it('runs the tasks of one key one after another, in the order they came', async () => {
    const queue = new KeyQueue();
    const events: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        queue.run('key', async () => {
          events.push(`${name} begins`);
          await turn();
          events.push(`${name} ends`);
        }),
      ),
    );
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('runs the tasks of different keys at once, the first of each without waiting', async () => {
    const queue = new KeyQueue();
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(name);
      await turn();
      events.push(name);
    };
    const both = [queue.run('x', task('x')), queue.run('y', task('y'))];
    expect(events).toEqual(['x', 'y']);
    await Promise.all(both);
    expect(events).toEqual(['x', 'y', 'x', 'y']);
  });

  it('goes on after a task that fails, and tells its caller alone', async () => {
    const queue = new KeyQueue();
    const failing = queue.run('key', async () => {
      await turn();
      throw new Error('no');
    });
    const next = queue.run('key', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await queue.run('key', async () => 'again')).toBe('again');
  });
});
