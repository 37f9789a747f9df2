import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { bytesOfContent, contentOfBytes } from '../crash-model/file-content.mjs';
import { PageStore } from '../crash-model/page-store.mjs';
import { ABSENT } from '../workload/oracle.mjs';
import { inspectImage } from './inspect-image.mjs';

/**
 * @import { FoundViolation } from '../explore-lives.mjs'
 * @import { DiskImage } from '../crash-model/disk-image.mjs'
 * @import { Kept } from '../runner/replay-kept.mjs'
 * @import { OpenStore } from './inspect-image.mjs'
 */

/**
 * A violation as a file: the whole disk image and what is expected of it, so that it can be looked
 * at again without running what led to it.
 * @typedef {object} Failure
 * @property {string} life
 * @property {string} digest the image's, in hexadecimal: it decides how the image is opened
 * @property {number} inlineLimit
 * @property {readonly string[]} problems
 * @property {Record<string, string[]>[]} expectations
 * @property {readonly string[]} directories
 * @property {Record<string, string>} files bytes in base64
 */

/**
 * @param {PageStore} store
 * @param {FoundViolation} violation
 * @returns {Buffer} gzipped JSON
 */
export function failureText(store, { life, inlineLimit, problems, expectations, image }) {
  /** @type {Failure} */
  const failure = {
    life,
    digest: Buffer.from(image.digest, 'latin1').toString('hex'),
    inlineLimit,
    problems,
    expectations,
    directories: image.directories,
    files: Object.fromEntries(
      [...image.files].map(([path, content]) => [
        path,
        bytesOfContent(store, content).toString('base64'),
      ]),
    ),
  };
  return gzipSync(JSON.stringify(failure), { level: 1 });
}

/**
 * @param {string} path
 * @returns {Kept}
 */
export function readFailure(path) {
  return JSON.parse(gunzipSync(readFileSync(path)).toString());
}

/**
 * Opens the image of a failure again; returns what is wrong with it now.
 * @param {Failure} failure
 * @param {string} scratch
 * @param {OpenStore} [open] the engine, unless told
 * @returns {Promise<string[]>}
 */
export async function replayFailure(failure, scratch, open) {
  const { directories, files, expectations, inlineLimit, digest } = failure;
  const store = new PageStore();
  /** @type {DiskImage} */
  const image = {
    directories,
    files: new Map(
      Object.entries(files).map(([path, bytes]) => [
        path,
        contentOfBytes(store, Buffer.from(bytes, 'base64')),
      ]),
    ),
    digest: Buffer.from(digest, 'hex').toString('latin1'),
  };
  const { states, problems } = await inspectImage(store, image, { scratch, inlineLimit, open });
  if (problems.length > 0) return problems;
  return expectations.flatMap((expected) =>
    [...new Set([...Object.keys(expected), ...states.keys()])].flatMap((subject) => {
      const found = states.get(subject) ?? ABSENT;
      const allowed = expected[subject] ?? [ABSENT];
      if (allowed.includes(found)) return [];
      return [`${subject} is ${found}; right would be ${allowed.join(' or ')}`];
    }),
  );
}
