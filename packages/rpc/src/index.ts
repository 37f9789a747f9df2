/**
 * @module RAM and STS as Alibaba Cloud's own tools call them: the RPC style, over HTTP.
 */

export type { CallTrace, FinishedCall } from './finished-call.js';
export { RpcServer, type RpcServerOptions } from './rpc-server.js';
export type { RpcLog } from './rpc-service.js';
