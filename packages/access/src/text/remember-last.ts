/**
 * A reader that keeps what it read last: requests in a row come from the same address and in the same
 * millisecond, and every statement of every policy asks for both.
 */
export function rememberLast<From extends string | number, To>(
  read: (value: From) => To,
): (value: From) => To {
  let last: { readonly value: From; readonly result: To } | undefined;
  return (value) => {
    if (last === undefined || last.value !== value) last = { value, result: read(value) };
    return last.result;
  };
}
