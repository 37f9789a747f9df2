import { KmsError, type NumberedPage, type PageNumber } from '@openoss/kms';
import type { Answer } from '../../answer/answer-value.js';
import {
  integer,
  optional,
  type ParameterType,
  required,
  text,
} from '../../operation/parameter.js';
import { RpcError } from '../../rpc-error.js';

export const keyId = required('KeyId', text);
export const aliasName = required('AliasName', text);

/** The id of a key, or its ARN: an alias is not taken. */
export const keyButNoAlias = required('KeyId', {
  name: 'string',
  read(value) {
    if (/(?:^|:)alias\//.test(value)) throw KmsError.of('AliasUnsupported');
    return value;
  },
} satisfies ParameterType<string>);

const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** A time such as `7d` or `604800s`, in seconds. */
export const interval: ParameterType<number> = {
  name: 'string',
  read(value, parameter) {
    const [, number = '', unit = ''] = /^(\d{1,9})([dhms])$/.exec(value) ?? [];
    const seconds = Number(number) * (SECONDS[unit] ?? 0);
    if (seconds === 0) throw KmsError.invalid(parameter);
    return seconds;
  },
};

/** Bytes in base 64. */
export const bytes: ParameterType<Buffer> = {
  name: 'string',
  read(value, parameter) {
    const content = Buffer.from(value, 'base64');
    // Node passes over what is not base 64: only what comes back as it was is.
    if (content.toString('base64').replace(/=+$/, '') !== value.replace(/=+$/, '')) {
      throw KmsError.invalid(parameter);
    }
    return content;
  },
};

/** Asks whether a call would be served; here calls are served or refused. */
export const dryRun = optional('DryRun', {
  name: 'boolean',
  read(value, parameter) {
    if (value === '' || value.toLowerCase() === 'false') return false;
    throw value.toLowerCase() === 'true'
      ? RpcError.unsupported(parameter)
      : KmsError.invalid(parameter);
  },
} satisfies ParameterType<boolean>);

export const pageNumber = optional('PageNumber', integer);
export const pageSize = optional('PageSize', integer);

/** The page that is asked for: the first, with ten items, unless told. */
export function askedPage(
  input: { readonly pageNumber: number | undefined; readonly pageSize: number | undefined },
  sizes: { readonly least: number; readonly most: number },
): PageNumber {
  const { pageNumber: number = 1, pageSize: size = 10 } = input;
  if (number < 1) throw KmsError.invalid('PageNumber');
  if (size < sizes.least || size > sizes.most) throw KmsError.invalid('PageSize');
  return { number, size };
}

/** What stands beside the items of a page. */
export const shownPage = (
  { total }: NumberedPage<unknown>,
  { number, size }: PageNumber,
): Answer => ({
  TotalCount: total,
  PageNumber: number,
  PageSize: size,
});
