export * from './errors/catalogue.js';
export * from './errors/oss-error.js';
