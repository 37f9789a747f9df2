import { UsageError } from './command-line.js';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** Reads a size in bytes, `268435456` or `256MiB`, as a flag's value. */
export function readByteSize(flag: string, text: string): number {
  const [, digits = '', name = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const unit = UNITS[name.toUpperCase()];
  const bytes = Math.floor(Number(digits) * (unit ?? 0));
  if (digits === '' || unit === undefined || !Number.isSafeInteger(bytes)) {
    throw new UsageError(
      `${flag} takes a size such as 268435456, 256MiB or 1GiB, not ${JSON.stringify(text)}`,
    );
  }
  return bytes;
}
