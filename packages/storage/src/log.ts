/** Where the package reports what an operator must know; a pino logger fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Says nothing: the default of a store whose opener gave no log. */
export const silentLog: Log = {
  info() {},
  warn() {},
  error() {},
};
