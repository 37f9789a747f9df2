import { KmsError } from '../kms-error.js';
import type { CallAnswer } from './kms-caller.js';

/** Reads what another KMS answers; throws KmsError for what is not there or of another kind. */
export class AnswerReader {
  readonly #answer: CallAnswer;

  constructor(answer: unknown) {
    if (typeof answer !== 'object' || answer === null) throw KmsError.of('Internal');
    this.#answer = answer as CallAnswer;
  }

  text(name: string): string {
    const value = this.#answer[name];
    if (typeof value !== 'string') throw KmsError.of('Internal');
    return value;
  }

  /** A text that may be absent or empty. */
  textIfAny(name: string): string | undefined {
    const value = this.#answer[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  number(name: string): number {
    const value = this.#answer[name];
    if (typeof value !== 'number') throw KmsError.of('Internal');
    return value;
  }

  bytes(name: string): Buffer {
    return Buffer.from(this.text(name), 'base64');
  }

  /** An instant as `2026-11-26T16:30:00Z`, in milliseconds since 1970. */
  time(name: string): number {
    return instantOf(this.text(name));
  }

  timeIfAny(name: string): number | undefined {
    const value = this.textIfAny(name);
    return value === undefined ? undefined : instantOf(value);
  }

  within(name: string): AnswerReader {
    return new AnswerReader(this.#answer[name]);
  }

  /** The items of a list, as in `{"Keys": {"Key": […]}}`. */
  list(outer: string, inner: string): AnswerReader[] {
    const items: unknown = this.within(outer).#answer[inner];
    if (!Array.isArray(items)) throw KmsError.of('Internal');
    return items.map((item) => new AnswerReader(item));
  }
}

function instantOf(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw KmsError.of('Internal');
  return instant;
}
