/** `openoss backup` and `openoss restore` of a directory that no server uses. */
import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { flipBit } from '../support/damage.js';
import { sendSigned } from '../support/http.js';
import { blobFiles, freshDirectories, openoss, serveCommand, stop } from '../support/operator.js';
import { run } from '../support/programs.js';
import { serve } from '../support/serve.js';
import { BUCKET, bodyOf, put } from '../support/versioned-objects.js';

const fresh = await freshDirectories();

/** Every file below a directory with what a change of it would change; sockets are passed over. */
async function inventory(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() || entry.isDirectory());
  const lines = files.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const { size, mtimeMs, nlink } = await stat(file);
    return entry.isFile() ? `${file} ${size} ${mtimeMs} ${nlink}` : file;
  });
  return (await Promise.all(lines)).sort();
}

describe('a backup of a directory that no server uses', () => {
  /** A data directory with a small and a large object, which no server uses any more. */
  async function leftDirectory(): Promise<{ data: string; blob: string; large: Buffer }> {
    const data = fresh('data');
    const server = await serve(data);
    await sendSigned(server, { method: 'PUT', bucket: BUCKET });
    const large = bodyOf('large', 1, true);
    await put(server, 'large', large);
    await put(server, 'small', bodyOf('small', 1, false));
    await stop(server);
    const [blob = ''] = blobFiles(data);
    return { data, large, blob };
  }

  it('changes nothing in it, keeps secrets to itself, and can be served as it is', async () => {
    const { data, large } = await leftDirectory();
    const before = await inventory(data);
    const backup = fresh('backup');
    expect(await openoss('backup', backup, '--data', data, '--copy')).toMatchObject({ status: 0 });
    expect(await inventory(data)).toEqual(before);
    for (const name of ['root-credentials.json', 'metadata.mdb', 'backup.json']) {
      expect((await stat(path.join(backup, name))).mode & 0o777, name).toBe(0o600);
    }
    expect((await stat(backup)).mode & 0o777).toBe(0o700);
    const held = await inventory(backup);
    const restored = fresh('restored');
    expect(await openoss('restore', backup, '--data', restored)).toMatchObject({ status: 0 });
    expect(await inventory(backup)).toEqual(held);

    const server = await serve(backup);
    expect((await sendSigned(server, { bucket: BUCKET, key: 'large' })).body.equals(large)).toBe(
      true,
    );
    const inUse = await openoss('restore', backup, '--data', fresh('restored'));
    expect(inUse).toMatchObject({ status: 2 });
    expect(inUse.stderr).toContain('is in use by');
    expect((await openoss('backup', fresh('backup'), '--data', backup)).stderr).toContain(
      'is in use by',
    );
    await put(server, 'later', large);
    await stop(server);
    // It is a data directory now, and no longer what the manifest says.
    const used = await openoss('restore', backup, '--data', fresh('restored'));
    expect(used).toMatchObject({ status: 2 });
    expect(used.stderr).toContain('its metadata is not what was backed up');
  });

  it('names what is damaged, and keeps the rest', async () => {
    const { data, blob } = await leftDirectory();
    await flipBit(blob, 5000);
    const backup = fresh('backup');
    const outcome = await openoss('backup', backup, '--data', data, '--copy');
    expect(outcome.status).toBe(3);
    expect(outcome.stderr).toContain(`damaged: "oss://${BUCKET}/large"`);
    expect(outcome.stderr).toContain('block 0 fails its checksum');
    const restored = fresh('restored');
    const restore = await openoss('restore', backup, '--data', restored);
    expect(restore.status).toBe(3);
    expect(restore.stderr).toContain(`damaged: "oss://${BUCKET}/large"`);
    const server = await serve(restored);
    expect((await sendSigned(server, { bucket: BUCKET, key: 'small' })).status).toBe(200);
    expect((await sendSigned(server, { bucket: BUCKET, key: 'large' })).status).toBe(500);
    await stop(server);
  });

  it('takes a blob anew that has rotted in the previous backup', async () => {
    const { data, blob, large } = await leftDirectory();
    const [first, second] = [fresh('backup'), fresh('backup')];
    await openoss('backup', first, '--data', data, '--copy');
    await flipBit(path.join(first, path.relative(data, blob)), 70_000);
    const outcome = await openoss('backup', second, '--data', data, '--copy', '--previous', first);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).not.toContain('shared');
    const server = await serve(second);
    expect((await sendSigned(server, { bucket: BUCKET, key: 'large' })).body.equals(large)).toBe(
      true,
    );
    await stop(server);
  });

  it('is not restored when its metadata has rotted', async () => {
    const { data } = await leftDirectory();
    const backup = fresh('backup');
    await openoss('backup', backup, '--data', data);
    const file = path.join(backup, 'metadata.mdb');
    await flipBit(file, (await stat(file)).size - 1);
    const restored = fresh('restored');
    const outcome = await openoss('restore', backup, '--data', restored);
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toContain('its metadata is not what was backed up');
    expect(await readdir(restored)).toEqual([]);
  });

  it('is refused where it cannot be meant', async () => {
    const { data } = await leftDirectory();
    const backup = fresh('backup');
    await openoss('backup', backup, '--data', data);
    const full = await openoss('backup', data, '--data', data);
    expect(full).toMatchObject({ status: 2 });
    expect(full.stderr).toContain('new or empty');
    expect((await openoss('restore', backup, '--data', data)).stderr).toContain('new or empty');
    expect((await openoss('restore', data, '--data', fresh('restored'))).stderr).toContain(
      'it is no backup',
    );
    expect((await openoss('backup', fresh('backup'), '--data', fresh('nothing'))).stderr).toContain(
      'no such directory',
    );
    expect(await openoss('backup')).toMatchObject({ status: 1 });
    expect(await openoss('restore', backup)).toMatchObject({ status: 1 });
    expect(await openoss('backup', 'a', '--admin', 'not a url')).toMatchObject({ status: 1 });
    const nobody = await openoss('backup', fresh('backup'), '--admin', 'http://127.0.0.1:1');
    expect(nobody).toMatchObject({ status: 2 });
    expect(nobody.stderr).toContain('No server answers at http://127.0.0.1:1');
  });

  it.each(['serve', 'backup', 'restore'])(
    '%s refuses a newer format, and touches nothing',
    async (command) => {
      const { data } = await leftDirectory();
      const backup = fresh('backup');
      await openoss('backup', backup, '--data', data);
      const directory = command === 'restore' ? backup : data;
      await writeFile(path.join(directory, 'format'), 'OpenOSS data directory\nformat 2\n');
      const before = [await readdir(directory), await inventory(directory)];
      const other = fresh('other');
      const outcome = await (command === 'serve'
        ? run(serveCommand(directory))
        : command === 'backup'
          ? openoss('backup', other, '--data', directory)
          : openoss('restore', directory, '--data', other));
      expect(outcome.status).toBe(2);
      expect(outcome.stderr).toContain(
        'was written by a newer OpenOSS (format 2; this version knows 1)',
      );
      expect([await readdir(directory), await inventory(directory)]).toEqual(before);
      expect(existsSync(other)).toBe(false);
    },
  );
});
