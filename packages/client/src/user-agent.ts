/** The version of this package; a test holds it to package.json. */
export const CLIENT_VERSION = '0.1.0';

/** The User-Agent of this client; `custom` is put behind it after a `/`, as the Go SDK v2 does. */
export function userAgent(custom?: string): string {
  const own = `openoss-client/${CLIENT_VERSION} (${process.platform}/${process.arch};node${process.versions.node})`;
  return custom === undefined || custom === '' ? own : `${own}/${custom}`;
}
