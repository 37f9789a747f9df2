import assert from 'node:assert/strict';
import { imageAfterCrash, imageWithoutCrash, KEPT, LOST } from '../crash-model/disk-image.mjs';
import { bytesOfContent, EMPTY_CONTENT } from '../crash-model/file-content.mjs';
import { ForgetfulVolume } from '../crash-model/forgetful-volume.mjs';
import { PAGE_BYTES, PageStore, SECTOR_BYTES } from '../crash-model/page-store.mjs';
import { replayTrace } from '../metadata-trace/replay-trace.mjs';
import { ABSENT, Oracle } from '../workload/oracle.mjs';
import { outcomesOf } from './outcomes-of.mjs';

/**
 * @import { FileNode } from '../crash-model/forgetful-volume.mjs'
 */

/** What must hold of the model itself, or nothing follows from what it finds. */
const CHECKS = {
  'what was not flushed may be lost, page by page': () => {
    const { volume, file, image } = world();
    volume.write(file, Buffer.alloc(3 * PAGE_BYTES, 'a'), 0);
    assert.equal(image(LOST, LOST, LOST).get('file')?.length, 0);
    assert.equal(
      image(KEPT, KEPT, KEPT).get('file')?.toString('latin1'),
      'a'.repeat(3 * PAGE_BYTES),
    );
    const onlySecond = image(LOST, KEPT, LOST).get('file');
    assert.equal(onlySecond?.length, 2 * PAGE_BYTES);
    assert.equal(onlySecond[PAGE_BYTES - 1], 0);
    assert.equal(onlySecond[PAGE_BYTES], 'a'.charCodeAt(0));
  },
  'what was flushed is not lost': () => {
    const { volume, file, image } = world();
    volume.write(file, Buffer.from('first'), 0);
    volume.flushFile(file);
    volume.write(file, Buffer.from('other'), 0);
    assert.equal(image(LOST).get('file')?.toString(), 'first');
    assert.equal(image(KEPT).get('file')?.toString(), 'other');
  },
  'a flush covers only what was written before it was asked for': () => {
    const { volume, file, image } = world();
    volume.write(file, Buffer.from('first'), 0);
    const asked = volume.sequence;
    volume.write(file, Buffer.from('later'), PAGE_BYTES);
    volume.flushFile(file, asked);
    assert.equal(image(LOST).get('file')?.toString(), 'first');
    assert.equal(image(KEPT).get('file')?.length, PAGE_BYTES + 5);
  },
  'a page may be torn between sectors, and old ones stay': () => {
    const { volume, file, image } = world();
    volume.write(file, Buffer.alloc(PAGE_BYTES, 'o'), 0);
    volume.flushFile(file);
    volume.write(file, Buffer.alloc(PAGE_BYTES, 'n'), 0);
    const torn = image(0b00000101).get('file')?.toString('latin1') ?? '';
    const sector = (/** @type {string} */ letter) => letter.repeat(SECTOR_BYTES);
    assert.equal(torn, sector('n') + sector('o') + sector('n') + sector('o').repeat(5));
  },
  'a write through O_DSYNC makes itself durable and nothing else': () => {
    const { volume, file, image } = world();
    volume.write(file, Buffer.from('data'), PAGE_BYTES);
    volume.write(file, Buffer.from('meta'), 0);
    volume.flushWrite(file, volume.sequence);
    assert.equal(image(LOST).get('file')?.toString(), 'meta');
    assert.equal(image(KEPT).get('file')?.length, PAGE_BYTES + 4);
  },
  'an entry is there when its directory was flushed, not when its file was': () => {
    const { volume, image } = world();
    const file = volume.createFile('new');
    volume.write(file, Buffer.from('x'), 0);
    volume.flushFile(file);
    assert.equal(image(LOST).has('new'), false);
    volume.flushDirectory(volume.root);
    assert.equal(image().get('new')?.toString(), 'x');
  },
  'what was unlinked comes back until its directory is flushed': () => {
    const { volume, image } = world();
    volume.remove('file');
    assert.equal(image(LOST).has('file'), true);
    assert.equal(image(KEPT).has('file'), false);
    volume.flushDirectory(volume.root);
    assert.equal(image().has('file'), false);
  },
  'a rename is there wholly or not at all, and not before its file': () => {
    const { volume, image } = world();
    volume.createFile('draft');
    volume.rename('draft', 'final');
    assert.deepEqual([...image(LOST, LOST).keys()], ['file']);
    assert.deepEqual([...image(KEPT, LOST).keys()], ['draft', 'file']);
    assert.deepEqual([...image(KEPT, KEPT).keys()], ['file', 'final']);
    assert.deepEqual([...image(LOST, KEPT).keys()], ['file']);
  },
  'a file in a directory that was lost is lost': () => {
    const { volume, image } = world();
    const directory = volume.makeDirectory('directory');
    volume.createFile('directory/inner');
    volume.flushDirectory(directory);
    assert.equal(image(LOST).has('directory/inner'), false);
    assert.equal(image(KEPT).has('directory/inner'), true);
  },
  'equal disks have equal digests, others have not': () => {
    const { volume, file, store } = world();
    const before = imageWithoutCrash(volume, store).digest;
    volume.write(file, Buffer.from('x'), 0);
    assert.notEqual(imageWithoutCrash(volume, store).digest, before);
    const effects = volume.pendingEffects();
    const lost = { fates: new Uint8Array(effects.length), stretched: false };
    assert.equal(imageAfterCrash(volume, store, effects, lost).digest, before);
  },
  'the oracle allows old and new until the answer, then only new': () => {
    const oracle = new Oracle();
    const before = oracle.clock;
    const intent = oracle.begin('key', 'new');
    const during = oracle.clock;
    oracle.acknowledge(intent);
    assert.deepEqual([...oracle.allowed('key', before)], [ABSENT]);
    assert.deepEqual([...oracle.allowed('key', during)], [ABSENT, 'new']);
    assert.deepEqual([...oracle.allowed('key')], ['new']);
  },
  'the oracle lets either of two that overlapped be the last': () => {
    const oracle = new Oracle();
    const one = oracle.begin('key', 'one');
    const other = oracle.begin('key', 'other');
    oracle.acknowledge(one);
    oracle.acknowledge(other);
    assert.deepEqual([...oracle.allowed('key')], ['one', 'other']);
    oracle.acknowledge(oracle.begin('key', 'last'));
    assert.deepEqual([...oracle.allowed('key')], ['last']);
  },
  'the oracle does not forget what was never answered, and forgets what was refused': () => {
    const oracle = new Oracle();
    oracle.begin('key', 'lost');
    oracle.refuse(oracle.begin('key', 'refused'));
    oracle.acknowledge(oracle.begin('key', 'done'));
    assert.deepEqual([...oracle.allowed('key')], ['lost', 'done']);
  },
  'a trace happens again as it was recorded, calls of several threads side by side': () => {
    const { volume, image } = world();
    /** @type {string[]} */
    const seen = [];
    replayTrace({
      trace: TRACE,
      mountPoint: '/v',
      volume,
      onMark: (mark) => seen.push(mark),
      onCrashPoint: () => seen.push(`${volume.pendingEffects().length}`),
    });
    // file opened; 1 page written; one more by another thread while the flush is under way; flushed,
    // without that one; the mark.
    assert.deepEqual(seen, ['1', '2', '1', 'ready', '1']);
    assert.equal(image(LOST).get('file')?.toString(), 'ab');
  },
  'a trace with what the model does not know is refused': () => {
    const { volume } = world();
    const replay = (/** @type {string} */ line) => () =>
      replayTrace({
        trace: `${OPENED}${line}\n`,
        mountPoint: '/v',
        volume,
        onMark() {},
        onCrashPoint() {},
      });
    assert.throws(replay('1 ftruncate(5, 0) = 0'), /not modelled/);
    assert.throws(
      replay('1 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 5, 0) = 0x7f0000000000'),
      /mapping/,
    );
    assert.throws(replay('1 pwrite64(5, "\\x61\\x62", 2, 0) = 1'), /returned 1/);
  },
};

const hex = (/** @type {string} */ text) =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

const OPENED = `1 openat(AT_FDCWD, "${hex('/v/file')}", O_RDWR) = 5\n`;

const TRACE = `${OPENED}1 pwrite64(5, "${hex('ab')}", 2, 0) = 2
1 fdatasync(5 <unfinished ...>
2 pwrite64(5, "${hex('cd')}", 2, 4096) = 2
1 <... fdatasync resumed>) = 0
1 write(1, "${hex('ready\n')}", 6) = 6
1 +++ exited with 0 +++
`;

export const crashModelChecks = () => outcomesOf(CHECKS);

/** A volume with one durable, empty file, and how to see what a crash would leave. */
function world() {
  const store = new PageStore();
  const volume = new ForgetfulVolume(store, {
    directories: [],
    files: new Map([['file', EMPTY_CONTENT]]),
    digest: '',
  });
  const file = /** @type {FileNode} */ (volume.lookUp('file'));
  /** The files after a crash that treats each pending effect so. @param {number[]} fates */
  const image = (...fates) => {
    const effects = volume.pendingEffects();
    assert.equal(effects.length, fates.length);
    const choice = { fates: Uint8Array.from(fates), stretched: false };
    const { files } = imageAfterCrash(volume, store, effects, choice);
    return new Map([...files].map(([path, content]) => [path, bytesOfContent(store, content)]));
  };
  return { store, volume, file, image };
}
