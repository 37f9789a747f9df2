/** `openoss fsck` as an operator runs it. */
import { cp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { flipBit, placesInMetadata } from '../support/damage.js';
import { filledServer } from '../support/filled-server.js';
import { blobFiles, freshDirectories, openoss, serveCommand, stop } from '../support/operator.js';
import { run } from '../support/programs.js';

const freshDirectory = await freshDirectories();

describe('openoss fsck', () => {
  it('keeps off a directory that is in use, and off what is no data directory', async () => {
    const server = await filledServer(freshDirectory());
    const inUse = await openoss('fsck', '--data', server.data);
    expect(inUse.status).toBe(2);
    expect(inUse.stderr).toContain('is in use by the server with process id');
    const nothing = freshDirectory('nothing');
    const missing = await openoss('fsck', '--data', nothing);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('it is not a data directory of OpenOSS');
    await expect(readdir(nothing)).rejects.toThrow('ENOENT');
  });

  it('finds what a killed server left and puts it right only when it is told to', async () => {
    const server = await filledServer(freshDirectory());
    await stop(server);
    // As a crash between the blob and its record leaves it: another session's, that nothing names.
    const [file = ''] = blobFiles(server.data);
    const session = path.basename(path.dirname(path.dirname(file)));
    const earlier = session.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const orphan = path.join(server.data, 'blobs', earlier, '00', `${earlier}00000000`);
    await cp(file, orphan, { recursive: true });
    await truncate(orphan, 0);
    const before = blobFiles(server.data);
    const look = await openoss('fsck', '--data', server.data);
    expect(look.status).toBe(3);
    expect(look.stdout).toMatch(/^WASTE {4}nothing names blob/);
    expect(blobFiles(server.data)).toEqual(before);
    const repair = await openoss('fsck', '--data', server.data, '--repair');
    expect(repair.status).toBe(3);
    expect(repair.stdout).toMatch(/^REPAIRED /);
    expect(blobFiles(server.data)).toHaveLength(before.length - 1);
    const again = await openoss('fsck', '--data', server.data);
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(again.stdout).toMatch(/^Clean: 1 buckets, 3 records/);
  });

  it("reports damage in LMDB's pages, where a server would not start or would end", async () => {
    const server = await filledServer(freshDirectory());
    await stop(server);
    const metadata = path.join(server.data, 'metadata.mdb');
    const bytes = await readFile(metadata);
    const { pageBytes, newest, root } = placesInMetadata(bytes);
    // Where a node of the root page is said to be.
    await flipBit(metadata, root * pageBytes + 25);
    const page = await openoss('fsck', '--data', server.data);
    expect(page.status).toBe(4);
    expect(page.stdout).toContain(`DAMAGE   key page ${root}: page ${root}: `);
    await flipBit(metadata, root * pageBytes + 25);
    // The number of the last transaction: LMDB would go back to the one before, and say nothing.
    await flipBit(metadata, newest + 153);
    const meta = await openoss('fsck', '--data', server.data);
    expect(meta.status).toBe(2);
    expect(meta.stderr).toMatch(
      /metadata\.mdb is damaged \(page [01]: .*\); restore it from a backup/,
    );
    const start = await run(serveCommand(server.data));
    expect(start.status).toBe(2);
    expect(start.stderr).toContain('metadata.mdb is damaged');
    await flipBit(metadata, newest + 153);
    expect((await openoss('fsck', '--data', server.data)).status).toBe(0);
  });

  it('names a body that is gone, and leaves it at that', async () => {
    const server = await filledServer(freshDirectory());
    await stop(server);
    const [file = ''] = blobFiles(server.data);
    await rm(file);
    const outcome = await openoss('fsck', '--data', server.data, '--accept-loss');
    expect(outcome.status).toBe(4);
    expect(outcome.stdout).toMatch(
      /^DAMAGE {3}bucket scrubbed, key (large|other): blob \S+ is not there/,
    );
  });
});
