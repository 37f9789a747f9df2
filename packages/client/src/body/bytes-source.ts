import type { BodySource } from './body-source.js';

/** How much of a body in memory is handed over at a time. */
const SLICE_BYTES = 256 * 1024;

/** Bytes in memory as a body. */
export function bytesSource(bytes: Uint8Array): BodySource {
  return {
    size: bytes.length,
    replayable: true,
    async open() {
      let at = 0;
      return {
        async next() {
          if (at >= bytes.length) return undefined;
          const slice = bytes.subarray(at, at + SLICE_BYTES);
          at += slice.length;
          return slice;
        },
        cancel() {},
      };
    },
  };
}
