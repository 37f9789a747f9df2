import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLIENT_VERSION, userAgent } from './user-agent.js';

it('names the version of the package', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ version: CLIENT_VERSION });
});

it('is the product with its platform, and then what the caller adds', () => {
  expect(userAgent()).toMatch(/^openoss-client\/\d+\.\d+\.\d+ \(\w+\/\w+;node\d+\.\d+\.\d+\)$/);
  expect(userAgent('ossutil/2')).toBe(`${userAgent()}/ossutil/2`);
  expect(userAgent('')).toBe(userAgent());
});
