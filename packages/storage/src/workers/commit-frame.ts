import type { Change, Condition } from '../engine/metadata-engine.js';

/** One commit as a worker asks for it. */
export interface CarriedCommit {
  readonly partition: string;
  readonly conditions: readonly Condition[];
  readonly changes: readonly Change[];
}

const CONDITIONS = ['absent', 'equals'] as const;
const CHANGES = ['put', 'delete', 'deleteRange', 'add', 'addWrapping'] as const;

/**
 * The binary form of a commit: the partition, then the conditions, then the changes, each with its
 * kind (one byte), its key (its length in two bytes) and, where it has one, a value (its length in
 * four), an end, or an amount (a double).
 */
export function commitLength({ partition, conditions, changes }: CarriedCommit): number {
  let length = 2 + Buffer.byteLength(partition) + 4;
  for (const condition of conditions) {
    length += 3 + condition.key.length;
    if (condition.kind === 'equals') length += 4 + condition.value.length;
  }
  for (const change of changes) {
    switch (change.kind) {
      case 'put':
        length += 3 + change.key.length + 4 + change.value.length;
        break;
      case 'delete':
        length += 3 + change.key.length;
        break;
      case 'deleteRange':
        length += 3 + change.from.length + 1 + (change.to === undefined ? 0 : 2 + change.to.length);
        break;
      case 'add':
      case 'addWrapping':
        length += 3 + change.key.length + 8;
        break;
    }
  }
  return length;
}

/** Writes a commit, `commitLength` bytes, from an offset on. */
export function writeCommit(
  { partition, conditions, changes }: CarriedCommit,
  target: Buffer,
  offset: number,
): void {
  const writer = new CommitWriter(target, offset);
  writer.key(Buffer.from(partition));
  writer.short(conditions.length);
  for (const condition of conditions) {
    writer.byte(CONDITIONS.indexOf(condition.kind));
    writer.key(condition.key);
    if (condition.kind === 'equals') writer.value(condition.value);
  }
  writer.short(changes.length);
  for (const change of changes) {
    writer.byte(CHANGES.indexOf(change.kind));
    switch (change.kind) {
      case 'put':
        writer.key(change.key);
        writer.value(change.value);
        break;
      case 'delete':
        writer.key(change.key);
        break;
      case 'deleteRange':
        writer.key(change.from);
        writer.byte(change.to === undefined ? 0 : 1);
        if (change.to !== undefined) writer.key(change.to);
        break;
      case 'add':
      case 'addWrapping':
        writer.key(change.key);
        writer.double(change.amount);
        break;
    }
  }
}

/** A commit from its binary form; its keys and values are views of it. */
export function readCommit(payload: Buffer): CarriedCommit {
  const reader = new CommitReader(payload);
  const partition = reader.key().toString();
  const conditions = Array.from({ length: reader.short() }, (): Condition => {
    const kind = CONDITIONS[reader.byte()];
    const key = reader.key();
    return kind === 'equals' ? { kind, key, value: reader.value() } : { kind: 'absent', key };
  });
  const changes = Array.from({ length: reader.short() }, (): Change => readChange(reader));
  return { partition, conditions, changes };
}

function readChange(reader: CommitReader): Change {
  const kind = CHANGES[reader.byte()];
  const key = reader.key();
  switch (kind) {
    case 'put':
      return { kind, key, value: reader.value() };
    case 'delete':
      return { kind, key };
    case 'deleteRange':
      return { kind, from: key, to: reader.byte() === 0 ? undefined : reader.key() };
    case 'add':
    case 'addWrapping':
      return { kind, key, amount: reader.double() };
    default:
      throw new RangeError('A commit with an unknown change');
  }
}

class CommitWriter {
  readonly #target: Buffer;
  #at: number;

  constructor(target: Buffer, at: number) {
    this.#target = target;
    this.#at = at;
  }

  byte(value: number): void {
    this.#target[this.#at++] = value;
  }

  short(value: number): void {
    this.#at = this.#target.writeUInt16LE(value, this.#at);
  }

  double(value: number): void {
    this.#at = this.#target.writeDoubleLE(value, this.#at);
  }

  key(bytes: Buffer): void {
    this.short(bytes.length);
    this.#bytes(bytes);
  }

  value(bytes: Buffer): void {
    this.#at = this.#target.writeUInt32LE(bytes.length, this.#at);
    this.#bytes(bytes);
  }

  #bytes(bytes: Buffer): void {
    this.#target.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}

class CommitReader {
  readonly #source: Buffer;
  #at = 0;

  constructor(source: Buffer) {
    this.#source = source;
  }

  byte(): number {
    return this.#source.readUInt8(this.#at++);
  }

  short(): number {
    this.#at += 2;
    return this.#source.readUInt16LE(this.#at - 2);
  }

  double(): number {
    this.#at += 8;
    return this.#source.readDoubleLE(this.#at - 8);
  }

  key(): Buffer {
    return this.#bytes(this.short());
  }

  value(): Buffer {
    this.#at += 4;
    return this.#bytes(this.#source.readUInt32LE(this.#at - 4));
  }

  #bytes(length: number): Buffer {
    this.#at += length;
    if (this.#at > this.#source.length) throw new RangeError('A commit that was cut short');
    return this.#source.subarray(this.#at - length, this.#at);
  }
}
