import { integer, oneOf, text } from '../operation/codec.js';
import { header, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, struct, xmlShape } from '../operation/xml-shape.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/restoreobject */
export const RestoreObject = operation({
  name: 'RestoreObject',
  doc: 'Makes an archived object readable for some days.',
  match: { on: 'object', method: 'POST', query: { restore: null } },
  input: {
    restoreRequest: xmlBody(
      xmlShape('RestoreRequest', {
        days: child('Days', integer({ min: 1, max: 365 })),
        jobParameters: struct(
          'JobParameters',
          { tier: child('Tier', oneOf(['Expedited', 'Standard', 'Bulk'])) },
          { optional: true },
        ),
      }),
      'For how many days, and how urgently; one day unless told.',
    ),
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
  },
  output: {},
  success: [202, 200],
  actions: [
    {
      action: 'oss:RestoreObject',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:RestoreObjectVersion',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  errors: [
    'MalformedXml',
    'NoSuchKey',
    'NoSuchVersion',
    'RestoreAlreadyInProgress',
    'RestoreNotApplicable',
    'VersionIdInvalid',
    'VersionIdEmpty',
  ],
  examples: [
    {
      doc: 'Restore an archived object for three days.',
      command:
        'ossutil api restore-object --bucket examplebucket --key exampleobject --restore-request \'{"Days":"3"}\'',
    },
  ],
});
