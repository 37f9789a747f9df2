import { parseXml } from '@openoss/protocol';
import { elements, textOf } from '../kill-loop/server-object.mjs';

/**
 * @import { OssAnswer, OssRequest } from '../kill-loop/oss-connection.mjs'
 * @import { Effect, Observation } from './register.mjs'
 */

/** What an operation saw of a key, and what it did to it. @typedef {{ readonly saw: Observation, readonly effect: Effect }} Outcome */

export const NOTHING = /** @type {const} */ ({ makes: 'nothing' });
export const ABSENT = /** @type {const} */ ({ is: 'absent' });
export const PRESENT = /** @type {const} */ ({ is: 'present' });

/**
 * @param {OssAnswer} answer
 * @returns {Outcome | undefined}
 */
export function tagsOf(answer) {
  if (answer.status === 404) return isMissing({ method: 'GET' }, answer);
  if (answer.status !== 200) return undefined;
  const tags = elements(parseXml(answer.body.toString()), 'Tag').map(
    (tag) => `${textOf(tag, 'Key')}=${textOf(tag, 'Value')}`,
  );
  return { saw: { is: 'tags', tags: tags.join('&') }, effect: NOTHING };
}

/**
 * @param {OssRequest} request
 * @param {OssAnswer} answer
 * @returns {Outcome | undefined}
 */
export function isMissing({ method }, answer) {
  const isRight = method === 'HEAD' || hasCode(answer, 404, 'NoSuchKey');
  return isRight ? { saw: ABSENT, effect: NOTHING } : undefined;
}

/**
 * @param {OssAnswer} answer
 * @param {number} status
 * @param {string} code
 */
export function hasCode(answer, status, code) {
  return answer.status === status && answer.body.toString().includes(`<Code>${code}</Code>`);
}

/** @param {Outcome} outcome */
export function describe({ saw }) {
  switch (saw.is) {
    case 'anything':
      return 'done';
    case 'absent':
      return 'nothing was there';
    case 'present':
      return 'something was there';
    case 'object':
      return `${saw.etag}${saw.tagged === undefined ? '' : saw.tagged ? ' with tags' : ' without tags'}`;
    case 'other':
      return `something else than ${saw.etag}`;
    case 'tags':
      return saw.tags === '' ? 'no tags' : saw.tags;
  }
}
