import { RamError } from '@openoss/directory';
import { RpcError } from '../rpc-error.js';

/** How the value of a parameter is read; throws RamError for one that is none. */
export interface ParameterType<T> {
  readonly name: 'string' | 'integer' | 'boolean';
  read(text: string, parameter: string): T;
}

/** A parameter of an operation. */
export interface Parameter<T = unknown, Required extends boolean = boolean> {
  readonly name: string;
  readonly type: ParameterType<T>;
  readonly required: Required;
}

/** The parameters of an operation, by the names they have in its input. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** What an operation is given. */
export type InputOf<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T, infer R>
    ? R extends true
      ? T
      : T | undefined
    : never;
};

export const text: ParameterType<string> = { name: 'string', read: (value) => value };

export const integer: ParameterType<number> = {
  name: 'integer',
  read(value, parameter) {
    if (!/^\d{1,10}$/.test(value)) throw RamError.wrongValue(parameter);
    return Number(value);
  },
};

export const boolean: ParameterType<boolean> = {
  name: 'boolean',
  read(value, parameter) {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw RamError.wrongValue(parameter);
    return lower === 'true';
  },
};

/** A text that is one of a few. */
export function oneOf<const V extends string>(...values: readonly V[]): ParameterType<V> {
  const isOne = (value: string): value is V => values.some((one) => one === value);
  return {
    name: 'string',
    read(value, parameter) {
      if (!isOne(value)) throw RamError.wrongValue(parameter);
      return value;
    },
  };
}

/** A parameter that there has to be, and not empty. */
export const required = <T>(name: string, type: ParameterType<T>): Parameter<T, true> => ({
  name,
  type,
  required: true,
});

/** A parameter that there may be. An empty text is one all the same: it takes a comment away. */
export const optional = <T>(name: string, type: ParameterType<T>): Parameter<T, false> => ({
  name,
  type,
  required: false,
});

/** Reads what an operation is given; throws RpcError for what is missing and RamError for what is wrong. */
export function readInput<P extends Parameters>(
  parameters: P,
  given: ReadonlyMap<string, string>,
): InputOf<P> {
  const input: Record<string, unknown> = {};
  for (const [property, { name, type, required: isRequired }] of Object.entries(parameters)) {
    const value = given.get(name);
    if (isRequired && (value === undefined || value === '')) throw RpcError.missing(name);
    if (value !== undefined) input[property] = type.read(value, name);
  }
  // Each was read with its own type.
  return input as InputOf<P>;
}
