/**
 * `text` broken at spaces into lines of at most `width` characters; a longer word stands alone on
 * its line. Line breaks in `text` stay, and a wrapped line keeps its indentation.
 *
 * @param width undefined leaves the lines as they are (output that no person looks at is not wrapped)
 */
export function wrapText(text: string, width: number | undefined): string[] {
  const lines = text.split('\n');
  if (width === undefined) return lines;
  return lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    const [first = '', ...words] = line.slice(indent.length).split(' ');
    const wrapped: string[] = [];
    let current = indent + first;
    for (const word of words) {
      if (current.length + 1 + word.length <= width) {
        current += ` ${word}`;
      } else {
        wrapped.push(current);
        current = indent + word;
      }
    }
    return [...wrapped, current];
  });
}
