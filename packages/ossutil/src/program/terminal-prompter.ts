import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Prompter } from './program-edge.js';

/** The streams a conversation goes through. */
export interface PrompterStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
  /** Whether a person types the answers. */
  readonly isTerminal: boolean;
  /** Called for Ctrl-C, which the terminal no longer turns into a signal while a line is edited. */
  readonly onInterrupt: () => void;
}

/**
 * A conversation through a terminal, or through a pipe whose lines are the answers.
 *
 * Lines are queued: with a pipe several arrive at once, before they are asked for.
 */
export function createTerminalPrompter(streams: PrompterStreams): Prompter {
  const { input, output, isTerminal, onInterrupt } = streams;
  let silent = false;
  const echo = new Writable({
    write(chunk, _encoding, done) {
      // readline draws what is typed: with a secret it draws nothing. Decided now, not when `output`
      // is ready: a chunk that waited could be written after the secret was.
      if (!silent) output.write(chunk);
      done();
    },
  });
  // readline redraws the question with the answer, over several lines if they take several.
  Object.defineProperty(echo, 'columns', { get: () => output.columns });
  const lines: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let ended = false;
  const readline = createInterface({
    input,
    output: echo,
    terminal: isTerminal,
    // The arrow keys must not bring back an answer: it may have been the secret.
    historySize: 0,
  });
  readline.on('line', (line) => {
    if (waiting === undefined) lines.push(line);
    else waiting(line);
    waiting = undefined;
  });
  readline.on('close', () => {
    ended = true;
    waiting?.(undefined);
    waiting = undefined;
  });
  readline.on('SIGINT', onInterrupt);

  return {
    async ask(question, { secret = false } = {}) {
      silent = secret && isTerminal;
      if (isTerminal && !silent) {
        readline.setPrompt(question);
        readline.prompt();
      } else {
        output.write(question);
      }
      const ready = lines.shift();
      const answer =
        ready ??
        (ended
          ? undefined
          : await new Promise<string | undefined>((resolve) => {
              waiting = resolve;
            }));
      // The line break that ended the answer was not drawn: by nobody for a pipe, nor for a secret.
      if (silent || !isTerminal) output.write('\n');
      silent = false;
      return answer;
    },
    close: () => readline.close(),
  };
}
