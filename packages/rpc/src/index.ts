/**
 * @module RAM, STS and KMS as Alibaba Cloud's own tools call them: the RPC style, over HTTP.
 */

export type { AccessExplainer, AccessInquiry, ExplainedPrincipal } from './access-explainer.js';
export type { Answer } from './answer/answer-value.js';
export { StreamedAnswer } from './answer/streamed-answer.js';
export type { CallTrace, FinishedCall } from './finished-call.js';
export { kmsActions } from './operations/find-operation.js';
export { PeerAddresses, withoutMapping } from './peer-addresses.js';
export type { ReencryptionOrder, Reencryptor, WantedEncryption } from './reencryptor.js';
export { RpcError } from './rpc-error.js';
export { RpcServer, type RpcServerOptions } from './rpc-server.js';
export type { RpcLog } from './rpc-service.js';
