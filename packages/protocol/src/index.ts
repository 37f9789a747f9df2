/**
 * @module What OSS says on the wire, and what both ends need to carry it. No I/O, no clock, no configuration.
 */
export * from './crc64.js';
export * from './crc64-engine.js';
export * from './errors/catalogue.js';
export * from './errors/error-document.js';
export * from './errors/oss-error.js';
export * from './model/access-control-list.js';
export * from './model/bucket-name.js';
export * from './model/object-key.js';
export * from './model/object-tags.js';
export * from './model/persistent-headers.js';
export * from './model/server-side-encryption.js';
export * from './model/storage-class.js';
export * from './model/user-metadata.js';
export * from './operation/codec.js';
export * from './operation/field.js';
export * from './operation/operation.js';
export * from './operation/xml-shape.js';
export * from './operations/index.js';
export { operationLoaders } from './operations/loaders.js';
export * from './signature/index.js';
export * from './spent-chunks.js';
export * from './wire/addressing.js';
export * from './wire/decode-input.js';
export * from './wire/decode-output.js';
export * from './wire/encode-input.js';
export * from './wire/encode-output.js';
export * from './wire/request-target.js';
export * from './wire/router.js';
export * from './xml/xml-reader.js';
export * from './xml/xml-tree.js';
export * from './xml/xml-writer.js';
