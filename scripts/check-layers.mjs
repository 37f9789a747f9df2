/**
 * Fails when a package reaches where it may not: into a room that the table below does not open to
 * it, past another room's door (its index), out of its own folder, or, for the pure rooms, to I/O.
 * The table is the picture in docs/architecture.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** Which rooms each room may enter. Arrows point down only: no room stands before one it enters. */
const rooms = {
  ossutil: ['client', 'protocol'],
  openoss: ['server', 'protocol'],
  server: ['rpc', 'storage', 'directory', 'kms', 'access', 'protocol'],
  rpc: ['directory', 'kms', 'access', 'protocol'],
  client: ['protocol'],
  directory: ['storage', 'access'],
  kms: ['storage'],
  storage: ['protocol'],
  access: [],
  protocol: [],
};

/** Rooms without I/O: a decision or a wire form must not depend on when and where it is made. */
const pure = new Set(['access', 'protocol']);
const pureBuiltins = new Set(['node:buffer', 'node:crypto']);

const packageNames = Object.fromEntries(
  Object.keys(rooms).map((room) => [
    JSON.parse(readFileSync(path.join(root, 'packages', room, 'package.json'), 'utf8')).name,
    room,
  ]),
);

const faults = [];

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(file);
    else if (entry.name.endsWith('.ts')) yield file;
  }
}

/** What a room's sources are in; `threads` are run as they stand, beside what is built. */
const ownFolders = ['src', 'threads'];

const importPattern = /(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g;

for (const [room, allowed] of Object.entries(rooms)) {
  const folder = path.join(root, 'packages', room);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const declared = Object.keys(manifest.dependencies ?? {});
  for (const name of declared) {
    const other = packageNames[name];
    if (other !== undefined && !allowed.includes(other)) {
      faults.push(
        `packages/${room}/package.json depends on ${name}: ${room} may not enter ${other}`,
      );
    }
  }
  for (const file of sourceFiles(path.join(folder, 'src'))) {
    const test = /\.(test|contract)\.ts$|[/\\]testing[/\\]/.test(file);
    const source = readFileSync(file, 'utf8');
    const where = path.relative(root, file);
    for (const [, target] of source.matchAll(importPattern)) {
      if (target.startsWith('.')) {
        const resolved = path.resolve(path.dirname(file), target);
        if (
          !ownFolders.some((own) => resolved.startsWith(path.join(folder, own) + path.sep)) &&
          !target.endsWith('package.json')
        ) {
          faults.push(`${where} imports ${target}: outside its own room`);
        }
        continue;
      }
      if (target.startsWith('node:')) {
        if (pure.has(room) && !test && !pureBuiltins.has(target)) {
          faults.push(`${where} imports ${target}: ${room} is pure`);
        }
        continue;
      }
      const name = target.startsWith('@')
        ? target.split('/', 2).join('/')
        : target.split('/', 1)[0];
      const other = packageNames[name];
      if (other === undefined) {
        if (!test && !declared.includes(name))
          faults.push(`${where} imports ${name}, which its package.json does not name`);
      } else if (target !== name) {
        faults.push(`${where} imports ${target}: a room is entered by its door, ${name}`);
      } else if (other !== room && !allowed.includes(other)) {
        faults.push(`${where} imports ${target}: ${room} may not enter ${other}`);
      } else if (!test && other !== room && !declared.includes(name)) {
        faults.push(`${where} imports ${name}, which its package.json does not name`);
      }
    }
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
