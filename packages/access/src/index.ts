/**
 * @module Who may do what: one pure decision, no I/O and no HTTP.
 */
export * from './acl.js';
export * from './decide.js';
export * from './principal.js';
