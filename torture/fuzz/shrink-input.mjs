import { rmSync } from 'node:fs';
import { ServerProcess } from '../kill-loop/server-process.mjs';
import { furnish } from './furniture.mjs';
import { converse } from './wire-conversation.mjs';

/**
 * @import { WireInput } from './wire-conversation.mjs'
 * @import { WireRequest } from './wire-request.mjs'
 */

/** So long is waited for an answer while shrinking, in milliseconds. */
const PATIENCE_MS = 6000;

/** How many attempts shrinking may take: a hanging server makes each of them long. */
const MOST_ATTEMPTS = 150;
const MOST_MS = 60_000;

/**
 * Sends an input to a new server; returns what is wrong with what came back.
 * @param {WireInput} input
 * @param {string} directory for the server's data
 * @returns {Promise<string[]>}
 */
export async function sendAgain(input, directory) {
  return withServer(directory, async (port) => {
    const { problem } = await converse(port, input, PATIENCE_MS);
    return problem === undefined ? [] : [problem];
  });
}

/**
 * The least of an input that a new server stumbles over; undefined where it does not.
 * @param {WireInput} input
 * @param {string} directory
 * @returns {Promise<WireInput | undefined>}
 */
export async function shrinkInput(input, directory) {
  return withServer(directory, (port) =>
    shrink(input, async (candidate) => {
      const { problem } = await converse(port, candidate, PATIENCE_MS);
      return problem !== undefined;
    }),
  );
}

/**
 * @param {WireInput} input
 * @param {(candidate: WireInput) => Promise<boolean>} isWrong
 * @returns {Promise<WireInput | undefined>}
 */
export async function shrink(input, isWrong) {
  const deadline = Date.now() + MOST_MS;
  if (!(await isWrong(input))) return undefined;
  let best = input;
  let attempts = 0;
  for (let isShorter = true; isShorter; ) {
    isShorter = false;
    for (const candidate of simpler(best)) {
      if (++attempts > MOST_ATTEMPTS || Date.now() > deadline) return best;
      if (await isWrong(candidate)) {
        best = candidate;
        isShorter = true;
        break;
      }
    }
  }
  return best;
}

/** @param {WireInput} input @returns {Generator<WireInput, void, undefined>} */
function* simpler({ sound, last }) {
  if (last !== undefined && sound.length > 0) {
    yield { sound: [], last };
    yield { sound };
  }
  for (const [at] of sound.entries()) {
    const rest = sound.filter((_, other) => other !== at);
    if (rest.length > 0 || last !== undefined) {
      yield last === undefined ? { sound: rest } : { sound: rest, last };
    }
  }
  for (const [at, request] of sound.entries()) {
    for (const shorter of simplerRequests(request)) {
      const changed = sound.with(at, shorter);
      yield last === undefined ? { sound: changed } : { sound: changed, last };
    }
  }
  if (last === undefined) return;
  for (const shorter of simplerRequests(last)) yield { sound, last: shorter };
}

/** @param {WireRequest} request @returns {Generator<WireRequest, void, undefined>} */
function* simplerRequests(request) {
  const { headers, query, body, edits } = request;
  for (const [at] of headers.entries()) {
    yield { ...request, headers: headers.filter((_, other) => other !== at) };
  }
  const parameters = query.split('&');
  if (query !== '') {
    for (const [at] of parameters.entries()) {
      yield { ...request, query: parameters.filter((_, other) => other !== at).join('&') };
    }
  }
  if (body.length > 1) {
    yield { ...request, body: body.slice(0, body.length / 2) };
    yield { ...request, body: body.slice(body.length / 2) };
  }
  for (const [at] of edits.entries()) {
    yield { ...request, edits: edits.filter((_, other) => other !== at) };
  }
  for (const [at, [name, value]] of headers.entries()) {
    if (value.length < 40) continue;
    yield { ...request, headers: headers.with(at, [name, value.slice(0, value.length / 2)]) };
  }
}

/**
 * @template T
 * @param {string} directory
 * @param {(port: number) => Promise<T>} act
 * @returns {Promise<T>}
 */
async function withServer(directory, act) {
  rmSync(directory, { recursive: true, force: true });
  const server = new ServerProcess(directory);
  try {
    const port = await server.ready();
    if (port === undefined) throw new Error('The server was killed by somebody else');
    await furnish(port);
    return await act(port);
  } finally {
    await server.end('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}
