import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 1024 * 1024;

/** Flushed now and then, so that the disk's queue stays short for a server beside it. */
const FLUSH_EVERY_BYTES = 64 * 1024 * 1024;

/**
 * Copies a file into a new one of mode 0600 and flushes that; its directory is the caller's to
 * flush. `onChunk` sees the bytes as they go by.
 */
export async function copyFileDurably(
  from: string,
  to: string,
  onChunk?: (chunk: Buffer) => void,
): Promise<void> {
  await copyFile(from, to, onChunk);
  await flushFile(to);
}

/** Flushes what was written to a file, through whichever descriptor. */
export async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Copies a file into a new one of mode 0600; the last of it is the caller's to flush. */
export async function copyFile(
  from: string,
  to: string,
  onChunk: (chunk: Buffer) => void = () => {},
): Promise<void> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      await copy(source, target, onChunk);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copy(
  source: FileHandle,
  target: FileHandle,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let unflushed = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    onChunk(chunk);
    let done = 0;
    while (done < bytesRead) done += (await target.write(chunk, done)).bytesWritten;
    unflushed += bytesRead;
    if (unflushed < FLUSH_EVERY_BYTES) continue;
    await target.datasync();
    unflushed = 0;
  }
}
