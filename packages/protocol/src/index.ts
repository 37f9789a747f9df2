export * from './errors/catalogue.js';
export * from './errors/oss-error.js';
export * from './crc64.js';
