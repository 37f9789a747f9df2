import { Agent, createServer, request as httpRequest } from 'node:http';
import { md5Of } from '../kill-loop/server-object.mjs';
import { SeededRandom } from '../workload/seeded-random.mjs';

/**
 * @import { AddressInfo } from 'node:net'
 */

/** Ways in which a server could be wrong about the order of things. */
export const LIES = /** @type {const} */ ([
  'a read of what was there before',
  'an acknowledgement of what is not done',
  'an acknowledgement of what is done later',
  'forbid-overwrite that two win',
]);

/** Those, and one that takes more keys than the order has. @typedef {typeof LIES[number] | 'a read of another object'} Lie */

/** Under this is kept what was read last, whichever object it was. */
const OTHER = '';

/** @typedef {{ readonly status: number, readonly headers: string[], readonly body: Buffer }} Passed */

/**
 * A proxy in front of a server that now and then tells a lie.
 * @param {number} port of the server
 * @param {Lie} lie
 * @returns {Promise<{ readonly port: number, close(): void }>}
 */
export async function lyingProxy(port, lie) {
  const random = new SeededRandom(lie);
  const agent = new Agent({ keepAlive: true });
  /** @type {Map<string, Passed>} */
  const earlier = new Map();
  const server = createServer(async (request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The client was cut off, as at each end of a server.
      return;
    }
    const body = Buffer.concat(chunks);
    const { method = '', url = '', headers } = request;
    const pass = () => passOn(port, agent, method, url, request.rawHeaders, body);
    const isPlainPut = method === 'PUT' && !url.includes('?') && url.length > '/order/'.length;
    /** @param {Passed} answer */
    const answer = ({ status, headers, body }) => {
      response.writeHead(status, headers);
      response.end(method === 'HEAD' ? undefined : body);
    };
    const done = () =>
      answer({
        status: 200,
        headers: ['ETag', `"${md5Of(body)}"`, 'Content-Length', '0'],
        body: Buffer.alloc(0),
      });
    const isLying = random.chance(0.06);
    try {
      if (isPlainPut && headers['x-oss-forbid-overwrite'] === undefined && isLying) {
        if (lie === 'an acknowledgement of what is not done') return done();
        if (lie === 'an acknowledgement of what is done later') {
          setTimeout(() => pass().catch(() => {}), 20);
          return done();
        }
      }
      const passed = await pass();
      if (lie === 'forbid-overwrite that two win' && isPlainPut && passed.status === 409)
        return done();
      const isRead = method === 'GET' && headers.range === undefined && !url.includes('?');
      if (lie === 'a read of what was there before' && isRead && passed.status === 200) {
        const before = earlier.get(url);
        if (before === undefined || random.chance(0.2)) earlier.set(url, passed);
        if (before !== undefined && isLying) return answer(before);
      }
      if (lie === 'a read of another object' && isRead && passed.status === 200) {
        const other = earlier.get(OTHER);
        earlier.set(OTHER, passed);
        if (other !== undefined && isLying) return answer(other);
      }
      return answer(passed);
    } catch {
      // The server was killed.
      return request.socket.destroy();
    }
  });
  await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    port: /** @type {AddressInfo} */ (server.address()).port,
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

/**
 * @param {number} port
 * @param {Agent} agent
 * @param {string} method
 * @param {string} path
 * @param {string[]} headers
 * @param {Buffer} body
 * @returns {Promise<Passed>}
 */
function passOn(port, agent, method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, agent, method, path, headers },
      (response) => {
        /** @type {Buffer[]} */
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, rawHeaders } = response;
          resolve({ status: statusCode, headers: rawHeaders, body: Buffer.concat(chunks) });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
