/**
 * Lets the tasks of one key run one after another, and those of different keys as they like. A
 * commit is optimistic, and a hundred writers of one key would each fail and try again against each
 * other; standing in line, each one succeeds at the first try.
 */
export class KeyQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs the task when those before it have ended, well or badly. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const tail = this.#tails.get(key);
    const running = tail === undefined ? task() : tail.then(task, task);
    this.#tails.set(key, running);
    const leave = (): void => {
      if (this.#tails.get(key) === running) this.#tails.delete(key);
    };
    running.then(leave, leave);
    return running;
  }
}
