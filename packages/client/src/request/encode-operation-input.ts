import { type EncodedInput, encodeInput, type Operation } from '@openoss/protocol';
import { InvalidFieldError, missingField } from '../errors/invalid-field-error.js';

/**
 * Encodes an operation's input; what is encoded already stays as it is. Throws `missing required
 * field, Name.` and `invalid field, Name.` as the Go SDK does, before anything is sent.
 */
export function encodeOperationInput(
  operation: Operation,
  input: Readonly<Record<string, unknown>> | EncodedInput,
): EncodedInput {
  if (isEncodedInput(input)) return input;
  for (const [property, field] of Object.entries(operation.input)) {
    if (field.required && input[property] === undefined) throw missingField(sdkName(property));
  }
  try {
    return encodeInput(operation, input);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new InvalidFieldError(`invalid input of ${operation.name}: ${error.message}`, {
      cause: error,
    });
  }
}

function isEncodedInput(
  input: Readonly<Record<string, unknown>> | EncodedInput,
): input is EncodedInput {
  return typeof input.method === 'string' && Array.isArray(input.headers);
}

/** What the SDK calls a property, whose fields begin with a capital. */
function sdkName(property: string): string {
  return property.charAt(0).toUpperCase() + property.slice(1);
}
