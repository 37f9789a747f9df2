import type { OpenedObject } from '@openoss/storage';

/** The bytes of an opened object as an answer's body: at once where they are at hand; closed when they have been read. */
export function readOpened(object: OpenedObject): Buffer | AsyncIterable<Buffer> {
  if (object.inline === undefined) return readAndClose(object);
  // Nothing is held open for bytes that are at hand, so closing cannot fail.
  void object.close();
  return object.inline;
}

async function* readAndClose(object: OpenedObject): AsyncGenerator<Buffer> {
  try {
    yield* object.read();
  } finally {
    await object.close();
  }
}
