/**
 * The first key after every key that begins with `prefix`, in byte order: where a scan of the
 * prefix ends, and where one that skips it goes on. Undefined when no such key exists (the prefix
 * is empty or all 0xff).
 */
export function prefixSuccessor(prefix: Buffer): Buffer | undefined {
  let last = prefix.length - 1;
  while (last >= 0 && prefix[last] === 0xff) last--;
  if (last < 0) return undefined;
  const successor = Buffer.from(prefix.subarray(0, last + 1));
  successor[last] = (successor[last] ?? 0) + 1;
  return successor;
}

/** The next key after `key` in byte order: nothing lies between the two. */
export function keySuccessor(key: Buffer): Buffer {
  const successor = Buffer.alloc(key.length + 1);
  key.copy(successor);
  return successor;
}
