import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerError, AnswerParser } from '../../bench/load/answer-parser.mjs';

const ANSWERS = {
  empty: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  body: 'HTTP/1.1 206 Partial Content\r\ncontent-length:5\r\nx-oss-request-id: 1\r\n\r\nhello',
  none: 'HTTP/1.1 204 No Content\r\nserver: nginx\r\n\r\n',
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
};

/** Pushes an answer in pieces; what is said of completeness after each. */
function pushAll(parser: AnswerParser, pieces: readonly Buffer[]): boolean[] {
  return pieces.map((piece) => parser.push(piece));
}

describe('the answer parser', () => {
  it('reads the status and the length of a body', () => {
    const parser = new AnswerParser();
    expect(parser.push(Buffer.from(ANSWERS.body))).toBe(true);
    expect([parser.status, parser.bodyBytes, parser.closes]).toEqual([206, 5, false]);
  });

  it('knows that 204 has no body', () => {
    const parser = new AnswerParser();
    expect(parser.push(Buffer.from(ANSWERS.none))).toBe(true);
    expect([parser.status, parser.bodyBytes]).toEqual([204, 0]);
  });

  it('is ready for the next answer after each', () => {
    const parser = new AnswerParser();
    for (const answer of [ANSWERS.empty, ANSWERS.chunked, ANSWERS.body, ANSWERS.empty]) {
      expect(parser.midway).toBe(false);
      expect(parser.push(Buffer.from(answer))).toBe(true);
    }
    expect(parser.status).toBe(200);
  });

  it('takes answers in whatever pieces they come, and keeps no reference to a piece', () => {
    const answer = fc.constantFrom(...Object.values(ANSWERS));
    fc.assert(
      fc.property(answer, fc.array(fc.nat({ max: 100 })), (text, cuts) => {
        const bytes = Buffer.from(text);
        const ends = [...new Set(cuts.filter((cut) => cut > 0 && cut < bytes.length))];
        ends.sort((a, b) => a - b);
        const parser = new AnswerParser();
        // Every piece through one buffer, as a connection reads them.
        const reused = Buffer.alloc(bytes.length);
        let from = 0;
        const complete = [...ends, bytes.length].map((end) => {
          const piece = reused.subarray(0, bytes.copy(reused, 0, from, end));
          from = end;
          return parser.push(piece);
        });
        expect(complete.indexOf(true)).toBe(complete.length - 1);
        expect(parser.status).toBe(Number(text.slice(9, 12)));
      }),
    );
  });

  it('says when the server closes the connection', () => {
    const parser = new AnswerParser();
    parser.push(Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'));
    expect(parser.closes).toBe(true);
  });

  it('refuses what is no HTTP, has no length, or is longer than it said', () => {
    for (const bytes of [
      'SSH-2.0-OpenSSH_9.2\r\n\r\n',
      'HTTP/1.1 200 OK\r\nserver: s\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc',
      'x'.repeat(70_000),
    ]) {
      expect(() => pushAll(new AnswerParser(), [Buffer.from(bytes)])).toThrow(AnswerError);
    }
  });
});
