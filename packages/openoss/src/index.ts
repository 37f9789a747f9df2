/**
 * @module OpenOSS inside your own process: a whole OSS service for a test suite.
 */
export * from './start-openoss.js';
