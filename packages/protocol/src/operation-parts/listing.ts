import { storageClasses } from '../model/storage-class.js';
import { integer, isoDate, oneOf, quotedEtag, text } from '../operation/codec.js';
import { query } from '../operation/field.js';
import { child, list, struct } from '../operation/xml-shape.js';
import { ownerMembers } from './owner.js';

/** The parameters that both listings take. */
export const listingInput = {
  prefix: query('prefix', text, 'List only objects whose names begin with this.'),
  delimiter: query(
    'delimiter',
    text,
    'Group names that have this after the prefix into common prefixes.',
  ),
  maxKeys: query(
    'max-keys',
    integer({ min: 1, max: 1000 }),
    'The most names one answer has, 1 to 1000; 100 unless told.',
    {
      invalid: 'MaxKeysInvalid',
      empty: 'MaxKeysInvalid',
    },
  ),
  encodingType: query(
    'encoding-type',
    oneOf(['url']),
    'How names are encoded in the answer: url.',
    {
      invalid: 'EncodingTypeInvalid',
      empty: 'EncodingTypeInvalid',
    },
  ),
};

/** The objects and common prefixes of both listings. */
export const listingMembers = {
  contents: list('Contents', {
    key: child('Key', text),
    lastModified: child('LastModified', isoDate),
    etag: child('ETag', quotedEtag),
    type: child('Type', text),
    size: child('Size', integer()),
    storageClass: child('StorageClass', oneOf(storageClasses)),
    restoreInfo: child('RestoreInfo', text, { optional: true }),
    owner: struct('Owner', ownerMembers, { optional: true }),
  }),
  commonPrefixes: list('CommonPrefixes', { prefix: child('Prefix', text) }),
};
