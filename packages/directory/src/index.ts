/**
 * @module Accounts and access keys as they are kept.
 */
export * from './directory.js';
export * from './root-credentials.js';
