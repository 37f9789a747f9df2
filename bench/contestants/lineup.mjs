import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { settle } from '../processes/settle.mjs';

/**
 * Servers that run at the same time, each in a fresh directory of its own, to be measured in turns.
 * One that is not installed, or does not start, is absent with the reason, and the others go on.
 */
export class Lineup {
  /** @type {Map<string, import('./running-server.mjs').RunningServer>} */
  servers = new Map();
  /** @type {Map<string, string>} */
  absent = new Map();
  directory;

  /** @param {string} directory */
  constructor(directory) {
    this.directory = directory;
  }

  /**
   * @param {readonly import('./running-server.mjs').Contestant[]} contestants
   * @param {string} directory made for it, and removed when it stops
   * @param {readonly string[]} buckets made on each
   * @returns {Promise<Lineup>}
   */
  static async start(contestants, directory, buckets = []) {
    const lineup = new Lineup(directory);
    for (const contestant of contestants) {
      const { name } = contestant;
      if (contestant.version() === undefined) {
        lineup.absent.set(name, `not installed: ${contestant.install ?? 'no way is known'}`);
        continue;
      }
      const own = path.join(directory, name);
      await mkdir(own, { recursive: true });
      try {
        const server = await contestant.start(own);
        lineup.servers.set(name, server);
        for (const bucket of buckets) await server.createBucket(bucket);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        await lineup.servers.get(name)?.stop();
        lineup.servers.delete(name);
        lineup.absent.set(name, `did not start: ${reason.replaceAll(own, '$DIR')}`);
      }
    }
    return lineup;
  }

  /** Stops every server and removes what they kept. @returns {Promise<void>} */
  async stop() {
    for (const server of this.servers.values()) await server.stop();
    await rm(this.directory, { recursive: true, force: true });
    settle(path.dirname(this.directory));
  }
}
