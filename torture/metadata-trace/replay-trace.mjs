import { basename } from 'node:path';
import { firstNumber, lastNumber, stringArguments, systemCalls } from './system-call-trace.mjs';

/**
 * @import { DirectoryNode, FileNode, ForgetfulVolume } from '../crash-model/forgetful-volume.mjs'
 * @import { SystemCall } from './system-call-trace.mjs'
 */

/**
 * An open file of the traced process.
 * @typedef {object} Descriptor
 * @property {FileNode | DirectoryNode} node
 * @property {string} path
 * @property {boolean} isSynchronous writes are durable when they return (O_DSYNC, O_SYNC)
 * @property {number} position
 */

/**
 * @typedef {object} ReplayOptions
 * @property {string} trace what strace wrote
 * @property {string} mountPoint where the process saw the volume
 * @property {ForgetfulVolume} volume what was on it at first; changed
 * @property {(mark: string) => void} onMark told what the process wrote about itself
 * @property {() => void} onCrashPoint told whenever something has changed
 */

/** Where the traced process writes its marks: its standard output. */
const MARKS = 1;

/** LMDB's table of readers: written through a mapping, and meaningless after a crash. */
const LOCK_FILE = /-lock$/;

/** The sockets that lock the data directory: they are no part of what is kept. */
const LOCK_SOCKET = /^lock-/;

/**
 * Lets the system calls of a recorded run happen again on a volume that remembers what was flushed.
 * What gets past the model (a file written through a mapping, a truncation, …) is an error: then the
 * crash states would not be those of the engine.
 *
 * @param {ReplayOptions} options
 */
export function replayTrace({ trace, ...options }) {
  const replay = new Replay(options);
  for (const call of systemCalls(trace)) replay.take(call);
  return { systemCalls: replay.taken };
}

class Replay {
  /** How many system calls had to do with the volume. */
  taken = 0;
  #mountPoint;
  #volume;
  #onMark;
  #onCrashPoint;
  /** @type {Map<number, Descriptor>} */
  #descriptors = new Map();
  /** Writes that have not returned, by thread. @type {Map<string, { node: FileNode, sequence: number, length: number }>} */
  #writing = new Map();
  /** Up to where a flush that has not returned reaches, by thread. @type {Map<string, number>} */
  #flushing = new Map();

  /** @param {Omit<ReplayOptions, 'trace'>} options */
  constructor({ mountPoint, volume, onMark, onCrashPoint }) {
    this.#mountPoint = mountPoint;
    this.#volume = volume;
    this.#onMark = onMark;
    this.#onCrashPoint = onCrashPoint;
  }

  /** @param {SystemCall} call */
  take(call) {
    const { name, edge, result } = call;
    switch (name) {
      case 'open':
      case 'openat':
        if (edge === 'exit' && result >= 0) this.#open(call);
        return;
      case 'close':
        // The number is free from the beginning of the call on.
        if (edge === 'enter') this.#descriptors.delete(firstNumber(call.args));
        return;
      case 'write':
      case 'writev':
      case 'pwrite64':
      case 'pwritev':
        this.#write(call);
        return;
      case 'lseek': {
        const descriptor = this.#descriptors.get(firstNumber(call.args));
        if (edge === 'exit' && result >= 0 && descriptor !== undefined)
          descriptor.position = result;
        return;
      }
      case 'fdatasync':
      case 'fsync':
        this.#flush(call);
        return;
      case 'mkdir':
      case 'rmdir':
      case 'unlink':
      case 'rename':
      case 'link':
        if (edge === 'exit' && result === 0) this.#changeEntries(call);
        return;
      case 'mmap': {
        if (edge === 'enter') this.#checkMapping(call);
        return;
      }
      default:
        if (edge === 'enter') this.#refuse(call);
    }
  }

  /** @param {SystemCall} call */
  #open({ args, result }) {
    const path = this.#pathIn(args);
    if (path === undefined) return;
    if (args.includes('O_TRUNC')) throw new Error(`${path} is truncated, which is not modelled`);
    let node = this.#volume.lookUp(path);
    if (node === undefined) {
      if (!args.includes('O_CREAT')) throw new Error(`${path} was opened and is not on the volume`);
      node = this.#volume.createFile(path);
      this.#changed();
    }
    const isSynchronous = /O_DSYNC|O_SYNC/.test(args);
    this.#descriptors.set(result, { node, path, isSynchronous, position: 0 });
  }

  /** @param {SystemCall} call */
  #write({ edge, thread, name, args, result }) {
    const number = firstNumber(args);
    if (number === MARKS) {
      if (edge === 'exit') return;
      for (const mark of Buffer.concat(stringArguments(args)).toString().split('\n')) {
        if (mark !== '') this.#onMark(mark);
      }
      this.#onCrashPoint();
      return;
    }
    const descriptor = this.#descriptors.get(number);
    if (descriptor === undefined || descriptor.node.kind !== 'file') return;
    const { node, path, isSynchronous } = descriptor;
    if (LOCK_FILE.test(path)) return;
    const isPositioned = name.startsWith('p');
    if (edge === 'enter') {
      const bytes = Buffer.concat(stringArguments(args));
      const position = isPositioned ? lastNumber(args) : descriptor.position;
      this.#volume.write(node, bytes, position);
      this.#writing.set(thread, { node, sequence: this.#volume.sequence, length: bytes.length });
      if (!isPositioned) descriptor.position += bytes.length;
      this.#changed();
      return;
    }
    const written = this.#writing.get(thread);
    this.#writing.delete(thread);
    if (written?.length !== result) throw new Error(`A write to ${path} returned ${result}`);
    if (isSynchronous) {
      this.#volume.flushWrite(node, written.sequence);
      this.#changed();
    }
  }

  /** @param {SystemCall} call */
  #flush({ edge, thread, args, result }) {
    const node = this.#descriptors.get(firstNumber(args))?.node;
    if (node === undefined) return;
    if (edge === 'enter') {
      // A write that has not returned is not covered, nor is what came after it.
      const unfinished = [...this.#writing.values()].filter((write) => write.node === node);
      const first = Math.min(...unfinished.map(({ sequence }) => sequence - 1));
      this.#flushing.set(thread, Math.min(first, this.#volume.sequence));
      return;
    }
    const upTo = this.#flushing.get(thread);
    this.#flushing.delete(thread);
    if (result !== 0 || upTo === undefined) return;
    if (node.kind === 'file') this.#volume.flushFile(node, upTo);
    else this.#volume.flushDirectory(node, upTo);
    this.#changed();
  }

  /** @param {SystemCall} call */
  #changeEntries({ name, args }) {
    const path = this.#pathIn(args);
    if (path === undefined || LOCK_SOCKET.test(basename(path))) return;
    switch (name) {
      case 'mkdir':
        this.#volume.makeDirectory(path);
        break;
      case 'rmdir':
      case 'unlink':
        this.#volume.remove(path);
        break;
      case 'rename': {
        const to = this.#pathIn(args, 1);
        if (to === undefined) throw new Error(`${path} was renamed away from the volume`);
        this.#volume.rename(path, to);
        break;
      }
      default:
        throw new Error(`${name} of ${path} is not modelled`);
    }
    this.#changed();
  }

  /** @param {SystemCall} call */
  #checkMapping({ args }) {
    const [, , protection = '', flags = '', number = ''] = args.split(', ');
    const descriptor = this.#descriptors.get(Number(number));
    if (descriptor === undefined || LOCK_FILE.test(descriptor.path)) return;
    if (protection.includes('PROT_WRITE') && flags.includes('MAP_SHARED')) {
      throw new Error(`${descriptor.path} is written through a mapping, which no trace shows`);
    }
  }

  /** What the model does not know must not touch the volume. @param {SystemCall} call */
  #refuse({ name, args }) {
    const isAboutPath = args.includes('"') && this.#pathIn(args) !== undefined;
    const descriptor = this.#descriptors.get(firstNumber(args));
    const isAboutFile = descriptor !== undefined && !LOCK_FILE.test(descriptor.path);
    const isAboutAll = ['sync', 'io_uring_enter'].includes(name);
    if (isAboutPath || isAboutFile || isAboutAll) {
      throw new Error(`${name}(${args.slice(0, 100)}) is not modelled`);
    }
  }

  #changed() {
    this.taken++;
    this.#onCrashPoint();
  }

  /**
   * A path among the arguments as a path of the volume; undefined when it leads elsewhere.
   * @param {string} args
   * @param {number} [at] which of the strings it is
   */
  #pathIn(args, at = 0) {
    const path = stringArguments(args)[at]?.toString() ?? '';
    if (path === this.#mountPoint) return '';
    const isWithin = path.startsWith(`${this.#mountPoint}/`);
    return isWithin ? path.slice(this.#mountPoint.length + 1) : undefined;
  }
}
