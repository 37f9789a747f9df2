import { describe, expect, it } from 'vitest';
import { RecordingEdge } from '../program/recording-edge.js';
import { RetryNotice } from './retry-notice.js';

const refused = 'the connection to 127.0.0.1:1 was refused\n(connect ECONNREFUSED)';

describe('the notice of a retry', () => {
  it('is one line of the terminal, cut to its width, and goes away', async () => {
    const edge = new RecordingEdge({ columns: 60 });
    const notice = new RetryNotice(edge, false);
    notice.show(2, 11, refused);
    expect(edge.stderr.text).toBe(
      '\rattempt 2 of 11, after: the connection to 127.0.0.1:1 was r\u001b[K',
    );
    await notice.finish();
    await notice.finish();
    expect(edge.stderr.chunks.slice(1).map(String)).toEqual(['\r\u001b[K']);
  });

  it('is nothing in a pipe, and nothing with -q', async () => {
    for (const [columns, quiet] of [
      [undefined, false],
      [80, true],
    ] as const) {
      const edge = new RecordingEdge(columns === undefined ? {} : { columns });
      const notice = new RetryNotice(edge, quiet);
      notice.show(2, 11, refused);
      await notice.finish();
      expect(edge.stderr.text).toBe('');
    }
  });
});
