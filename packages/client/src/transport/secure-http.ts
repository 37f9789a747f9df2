/**
 * `node:https`, loaded at its first use: it brings TLS, and whoever speaks plain HTTP does without.
 * Not by `import()`, for an agent and a request are made synchronously.
 */
export function secureHttp(): typeof import('node:https') {
  return process.getBuiltinModule('node:https');
}
