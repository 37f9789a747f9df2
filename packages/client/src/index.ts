/**
 * @module A typed OSS client: credentials, signing, sending, verifying, trying again.
 */
export type { AddressingStyle } from './addressing-style.js';
export type { Answer, AnswerHead } from './answer.js';
export type { FileBody, ReplayableBody, RequestBody } from './body/request-body.js';
export { type Clock, systemClock } from './clock.js';
export { type AssumeRoleOptions, assumeRole } from './credentials/assume-role.js';
export {
  type AssumeRoleWithOidcOptions,
  assumeRoleWithOidc,
} from './credentials/assume-role-with-oidc.js';
export type { ExchangeOptions } from './credentials/credentials-exchange.js';
export {
  type CredentialsProcessOptions,
  credentialsProcess,
} from './credentials/credentials-process.js';
export { credentialsUri } from './credentials/credentials-uri.js';
export { type EcsRamRoleOptions, ecsRamRole } from './credentials/ecs-ram-role.js';
export {
  type RefreshingOptions,
  refreshingCredentials,
} from './credentials/refreshing-credentials.js';
export type { AssumedRole } from './credentials/sts-call.js';
export type {
  CredentialsSource,
  TemporaryCredentials,
} from './credentials/temporary-credentials.js';
export {
  anonymousCredentials,
  type Credentials,
  type CredentialsProvider,
  staticCredentials,
} from './credentials.js';
export { type Endpoint, resolveEndpoint } from './endpoint.js';
export { BodyError, type BodyFault } from './errors/body-error.js';
export { CanceledError } from './errors/canceled-error.js';
export { CertificateError } from './errors/certificate-error.js';
export { ClientError } from './errors/client-error.js';
export { CrcMismatchError } from './errors/crc-mismatch-error.js';
export { CredentialsError } from './errors/credentials-error.js';
export { DeserializationError } from './errors/deserialization-error.js';
export type { FailedRequest } from './errors/failed-request.js';
export { InvalidFieldError } from './errors/invalid-field-error.js';
export { NetworkError, type NetworkErrorOptions } from './errors/network-error.js';
export { OperationError } from './errors/operation-error.js';
export { ProxyError } from './errors/proxy-error.js';
export { ServiceError } from './errors/service-error.js';
export { TimeoutError, type TimeoutPhase } from './errors/timeout-error.js';
export { TruncatedAnswerError } from './errors/truncated-answer-error.js';
export type { Log, LogLevel } from './log.js';
export {
  OssClient,
  type PresignedRequest,
  type PreviewedRequest,
  type SendInput,
  type SendOutput,
} from './oss-client.js';
export type {
  OssClientOptions,
  RequestOptions,
  Retry,
  TransferProgress,
} from './oss-client-options.js';
export type { ConnectionOptions, TlsOptions } from './transport/connections.js';
export { describeProxyFailure } from './transport/describe-failure.js';
