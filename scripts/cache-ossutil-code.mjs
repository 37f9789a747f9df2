// Keeps what V8 makes of the ossutil bundle, for this version of Node.js:
// packages/ossutil/dist/ossutil.VERSION-ARCH.cache. The launcher (packages/ossutil/bin/ossutil.js) uses it.
//
// V8 compiles a function when it is first called; so the code is taken from a process that has uploaded
// an object, to a server of our own, and holds what such a run needs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const dist = path.join(import.meta.dirname, '..', 'packages', 'ossutil', 'dist');
for (const name of readdirSync(dist)) {
  if (name.endsWith('.cache')) rmSync(path.join(dist, name));
}

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'Content-Length': 0 }).end());
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

const child = spawn(
  process.execPath,
  [
    path.join(import.meta.dirname, 'record-ossutil-code.mjs'),
    ...['api', 'put-object', '--bucket', 'examplebucket', '--key', 'exampleobject.txt'],
    ...['--body', 'hi oss', '--ignore-env-var', '--config-file', '/dev/null'],
    ...['--access-key-id', 'id', '--access-key-secret', 'secret', '--region', 'cn-hangzhou'],
    ...['--endpoint', `http://127.0.0.1:${port}`],
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const [status] = await once(child, 'exit');
server.close();
process.exitCode = status ?? 1;
