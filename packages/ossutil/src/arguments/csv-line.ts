import { FlagValueError } from './flag-value-error.js';

const failure = (column: number, reason: string): FlagValueError =>
  new FlagValueError(`parse error on line 1, column ${column}: ${reason}`);

/**
 * The fields of one CSV record as Go's `encoding/csv` reads it, which is how pflag splits the value
 * of a `strings` flag: a field may stand in double quotes, a doubled quote inside means one.
 *
 * @throws FlagValueError with Go's text (columns count from 1)
 */
export function parseCsvLine(text: string): string[] {
  if (text === '') return [];
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let field = '';
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) throw failure(text.length + 1, 'extraneous or missing " in quoted-field');
        field += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        field += '"';
        at += 1;
      }
      fields.push(field);
      if (at === text.length) return fields;
      if (text[at] !== ',') throw failure(at, 'extraneous or missing " in quoted-field');
      at += 1;
      continue;
    }
    const comma = text.indexOf(',', at);
    const field = comma < 0 ? text.slice(at) : text.slice(at, comma);
    const quote = field.indexOf('"');
    if (quote >= 0) throw failure(at + quote + 1, 'bare " in non-quoted-field');
    fields.push(field);
    if (comma < 0) return fields;
    at = comma + 1;
  }
}
