import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminalPrompter } from './terminal-prompter.js';

function setUp(isTerminal: boolean) {
  const input = new PassThrough();
  const output = new PassThrough();
  let interrupts = 0;
  const prompter = createTerminalPrompter({
    input,
    output,
    isTerminal,
    onInterrupt: () => {
      interrupts += 1;
    },
  });
  const printed = () => String(output.read() ?? '');
  return { input, prompter, printed, interrupts: () => interrupts };
}

describe('a conversation through a pipe', () => {
  it('reads one line an answer, also when they all arrive at once, and then no more', async () => {
    const { input, prompter, printed } = setUp(false);
    input.end('one\r\ntwo\nthree');
    expect(await prompter.ask('1?')).toBe('one');
    expect(await prompter.ask('2?', { secret: true })).toBe('two');
    expect(await prompter.ask('3?')).toBe('three');
    expect(await prompter.ask('4?')).toBeUndefined();
    expect(printed()).toBe('1?\n2?\n3?\n4?\n');
  });
});

describe('a conversation through a terminal', () => {
  it('shows what is typed, but not a secret', async () => {
    const { input, prompter, printed } = setUp(true);
    const name = prompter.ask('name?');
    input.write('ann\r');
    expect(await name).toBe('ann');
    expect(printed()).toContain('ann');
    const secret = prompter.ask('secret?', { secret: true });
    input.write('hush\r');
    expect(await secret).toBe('hush');
    expect(printed()).not.toContain('hush');
    prompter.close();
  });

  it('keeps the question when a typing error is taken back', async () => {
    const { input, prompter, printed } = setUp(true);
    const name = prompter.ask('name?');
    input.write('ax\u007fnn\r');
    expect(await name).toBe('ann');
    expect(printed().split('name?').length - 1).toBe(2);
    prompter.close();
  });

  it('brings no answer back with the arrow keys', async () => {
    const { input, prompter } = setUp(true);
    const secret = prompter.ask('secret?', { secret: true });
    input.write('hush\r');
    await secret;
    const region = prompter.ask('region?');
    input.write('\u001b[A\r');
    expect(await region).toBe('');
    prompter.close();
  });

  it('reports Ctrl-C', async () => {
    const { input, prompter, interrupts } = setUp(true);
    void prompter.ask('name?');
    input.write('\u0003');
    await new Promise((resolve) => setImmediate(resolve));
    expect(interrupts()).toBe(1);
    prompter.close();
  });
});
