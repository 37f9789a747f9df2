/**
 * A reader of texts of which few come again and again: the first `most` are remembered, any other is
 * read each time.
 */
export function rememberSome<To>(most: number, read: (text: string) => To): (text: string) => To {
  const known = new Map<string, To>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = read(text);
    if (known.size < most) known.set(text, result);
    return result;
  };
}
