/** Characters of keys that are told of one request at most; it can name a thousand, of 1 KiB each. */
const MOST_CHARACTERS = 16 * 1024;

/** The keys that a DeleteMultipleObjects names, as far as they are told, and how many are left out. */
export function deletedKeys(document: unknown): {
  readonly deletedKeys?: readonly string[];
  readonly deletedKeysLeftOut?: number;
} {
  const objects = objectsOf(document);
  if (objects === undefined) return {};
  const keys: string[] = [];
  let characters = 0;
  for (const { key } of objects) {
    characters += key.length;
    if (characters > MOST_CHARACTERS) break;
    keys.push(key);
  }
  const leftOut = objects.length - keys.length;
  return { deletedKeys: keys, ...(leftOut > 0 && { deletedKeysLeftOut: leftOut }) };
}

function objectsOf(document: unknown): readonly { readonly key: string }[] | undefined {
  if (typeof document !== 'object' || document === null || !('objects' in document)) {
    return undefined;
  }
  return document.objects as readonly { readonly key: string }[];
}
