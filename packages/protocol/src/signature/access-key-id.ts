/**
 * Whether a text could be an access key id: printable ASCII without the characters that delimit it
 * in a credential or an Authorization header. EC 0002-00000064, -206, -073 and -222 name control
 * characters as what OSS refuses here; what else it refuses is not published.
 */
export function isAccessKeyId(text: string): boolean {
  if (text === '') return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || code === 0x2c || code === 0x2f || code === 0x3a) {
      return false;
    }
  }
  return true;
}

/** Whether an access key id belongs to temporary credentials, which come with a security token. */
export function isTemporaryAccessKeyId(accessKeyId: string): boolean {
  return accessKeyId.startsWith('STS.');
}
