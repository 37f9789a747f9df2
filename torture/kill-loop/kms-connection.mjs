import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { rpcSignature, rpcStringToSign } from '@openoss/protocol';
import { ConnectionLost } from './oss-connection.mjs';
import { CREDENTIALS } from './server-process.mjs';

/** KMS refused a call. */
export class KmsRefusal extends Error {}

/**
 * A keep-alive connection to KMS on which one signed call follows another. None is sent twice.
 */
export class KmsConnection {
  #port;
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** @param {number} port */
  constructor(port) {
    this.#port = port;
  }

  close() {
    this.#agent.destroy();
  }

  /**
   * What a call is answered with. Throws {@link KmsRefusal}, and {@link ConnectionLost} when the
   * answer does not come whole.
   * @param {string} action
   * @param {Readonly<Record<string, string>>} [parameters]
   * @returns {Promise<any>} the document
   */
  async call(action, parameters = {}) {
    const signed = Object.entries({
      Action: action,
      Version: '2016-01-20',
      Format: 'JSON',
      AccessKeyId: CREDENTIALS.accessKeyId,
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: randomUUID(),
      Timestamp: `${new Date().toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`,
      ...parameters,
    });
    const signature = rpcSignature(CREDENTIALS.accessKeySecret, rpcStringToSign('POST', signed));
    const form = new URLSearchParams([...signed, ['Signature', signature]]).toString();
    const { status, text } = await this.#post(form);
    if (status === 200) return JSON.parse(text);
    throw new KmsRefusal(`${action} was answered ${status}: ${text.slice(0, 500)}`);
  }

  /**
   * @param {string} form
   * @returns {Promise<{ readonly status: number, readonly text: string }>}
   */
  #post(form) {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new ConnectionLost('The connection to KMS was lost'));
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: this.#port,
          method: 'POST',
          agent: this.#agent,
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(form),
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('error', lost);
          response.on('aborted', lost);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      request.on('error', lost);
      request.end(form);
    });
  }
}
