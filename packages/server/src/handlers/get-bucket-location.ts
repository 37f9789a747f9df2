import { GetBucketLocation } from '@openoss/protocol';
import { handler } from '../handler.js';
import { endpointsOf } from '../objects/endpoints.js';

/** Answers GetBucketLocation. */
export const getBucketLocation = handler(GetBucketLocation, async ({ settings }) => ({
  output: { result: endpointsOf(settings).location },
}));
