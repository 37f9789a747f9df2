/**
 * A certificate that nobody but itself vouches for, good from 2020 to 2120, for localhost,
 * *.localhost and 127.0.0.1. The key is known to the world: for tests only.
 */
export const selfSignedCertificate = {
  cert: `
-----BEGIN CERTIFICATE-----
MIIBdTCCARqgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPIC4B/5NTdbiCND
XiWHAF2+aNZ9CeJtEgR+tCWeJtAtV4FM6RaPcdg6qOR+a0QREMpDxa9bxxDKVrBG
s2awfoqjWzBZMCcGA1UdEQQgMB6CCWxvY2FsaG9zdIILKi5sb2NhbGhvc3SHBH8A
AAEwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUFVpe4FWY7/Edd8AMyvLuIWUN
aKQwCgYIKoZIzj0EAwIDSQAwRgIhAJP1UPC6p1FjbfZZkzk9JF70Zy9ffPpE2PbG
vMNKyNxwAiEAs9YCA9wBwaT+cRy9iOHFOcoiSWTe0TJV2t+SFZ7VQKw=
-----END CERTIFICATE-----
`.trimStart(),
  key: `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgebswRa00QURjchHX
AVYW4cymk7dFzjF2kH2cjTYZoQChRANCAATyAuAf+TU3W4gjQ14lhwBdvmjWfQni
bRIEfrQlnibQLVeBTOkWj3HYOqjkfmtEERDKQ8WvW8cQylawRrNmsH6K
-----END PRIVATE KEY-----
`.trimStart(),
};
