import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { describeProxyFailure, ProxyError } from '@openoss/client';
import { HttpsProxyAgent } from 'https-proxy-agent';

/**
 * An agent whose connections go through a proxy as tunnels (`CONNECT`). Where there is no tunnel it
 * says that it is the proxy's doing: the agent it is made of would hand the proxy's refusal over as
 * if the service had answered it.
 */
export class ProxyTunnel extends HttpsProxyAgent<string> {
  override async connect(
    request: ClientRequest,
    options: Parameters<HttpsProxyAgent<string>['connect']>[1],
  ): Promise<Socket> {
    let answered = { statusCode: 0, statusText: '' };
    request.once('proxyConnect', (answer: typeof answered) => {
      answered = answer;
    });
    const { host } = this.proxy;
    let socket: Socket;
    try {
      socket = await super.connect(request, options);
    } catch (error) {
      throw describeProxyFailure(error, host);
    }
    const { statusCode, statusText } = answered;
    if (statusCode === 200) return socket;
    socket.destroy();
    throw new ProxyError(
      `the proxy ${host} refused a connection to ${options.host}:${options.port}: ${statusCode} ${statusText}`,
      { code: undefined, retryable: statusCode >= 500, status: statusCode },
    );
  }
}
