/** An answer of the service as data, in the shape that JSON has. */
export type DocumentValue =
  | null
  | string
  | number
  | boolean
  | DocumentValue[]
  | { [key: string]: DocumentValue };

/** `value` with the keys of every object in alphabetical order, as Go prints maps. */
export function sortKeys(value: DocumentValue): DocumentValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sortKeys(member)]),
  );
}
