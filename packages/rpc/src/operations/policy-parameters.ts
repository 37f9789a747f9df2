import { type PolicyType, RamError } from '@openoss/directory';
import { type ParameterType, required } from '../operation/parameter.js';

const typeOfPolicy: ParameterType<PolicyType> = {
  name: 'string',
  read(value) {
    if (value !== 'System' && value !== 'Custom') throw RamError.of('PolicyTypeWrong');
    return value;
  },
};

/** Whether a policy is the system's or the account's own. */
export const policyType = required('PolicyType', typeOfPolicy);
