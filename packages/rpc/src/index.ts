/**
 * @module RAM, STS and KMS as Alibaba Cloud's own tools call them: the RPC style, over HTTP.
 */

export { RpcServer, type RpcServerOptions } from './rpc-server.js';
export type { RpcLog } from './rpc-service.js';
