/**
 * A byte string is a JavaScript string whose characters are bytes (latin1): what `node:http` hands
 * out as header values. Signatures are reckoned over byte strings, so that a header value that is
 * UTF-8 on the wire verifies byte for byte, whatever its text was meant to be.
 */

/** The UTF-8 of a text, as a byte string. A lone surrogate becomes U+FFFD, as `Buffer` writes it. */
export function utf8Bytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The text that a byte string of UTF-8 spells; bytes that are not UTF-8 become U+FFFD. */
export function utf8Text(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Whether every character is below U+0080. Counting UTF-8 bytes is native and so beats a loop. */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') === text.length;
}
