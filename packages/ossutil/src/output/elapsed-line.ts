/**
 * The line that ends the output of a command that asked the service:
 * a newline, seconds with six decimals, `(s) elapsed`, a newline.
 *
 * It goes to standard output after the payload, as ossutil has always done; `-q` removes it.
 *
 * @param milliseconds since the program started
 */
export function elapsedLine(milliseconds: number): string {
  return `\n${(Math.max(0, milliseconds) / 1000).toFixed(6)}(s) elapsed\n`;
}
