/** The ceiling of what `node:http` can do: reads a body, throws it away, answers 200. */
import { createServer } from 'node:http';
import { announce } from './announce.mjs';

announce(
  createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end());
  }),
);
