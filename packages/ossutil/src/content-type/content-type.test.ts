import { lookup } from 'mime-types';
import { describe, expect, it } from 'vitest';
import { commonTypes, contentTypeOfKey, keyExtension } from './content-type.js';
import { sdkMediaTypes } from './sdk-media-types.js';

const commonExtensions = Object.keys(commonTypes);

describe('the Content-Type of a key', () => {
  it.each([
    ['a.html', 'text/html'],
    ['a.css', 'text/css'],
    ['a.js', 'text/javascript'],
    ['a.json', 'application/json'],
    ['a.txt', 'text/plain'],
    ['a.log', 'text/plain'],
    ['a.gz', 'application/x-gzip'],
    ['a.tar.gz', 'application/x-gzip'],
    ['a.tgz', 'application/x-compressed'],
    ['a.tar', 'application/x-tar'],
    ['a.zip', 'application/zip'],
    ['a.apk', 'application/vnd.android.package-archive'],
    ['a.webp', 'image/webp'],
    ['a.svg', 'image/svg+xml'],
    ['a.xml', 'text/xml'],
    ['a.ico', 'image/x-icon'],
    ['a.jar', 'application/x-java-archive'],
    ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a.woff2', 'font/woff2'],
    ['PHOTO.JPG', 'image/jpeg'],
    ['dir.d/name', 'application/octet-stream'],
    ['name', 'application/octet-stream'],
    ['name.', 'application/octet-stream'],
    ['a.nonsense-ext', 'application/octet-stream'],
    ['a.constructor', 'application/octet-stream'],
    ['.png', 'image/png'],
  ])('%s is %s', async (key, type) => {
    expect(await contentTypeOfKey(key)).toBe(type);
  });

  it('never has a charset', async () => {
    for (const extension of commonExtensions) {
      expect(await contentTypeOfKey(`a.${extension}`)).not.toContain('charset');
    }
  });
});

describe('the extensions answered without a table', () => {
  it('are answered as the tables would, but for xml, where Go comes first', async () => {
    const sdk = new Map(
      Object.entries(sdkMediaTypes).flatMap(([type, list]) =>
        list.split(' ').map((extension) => [extension, type] as const),
      ),
    );
    for (const extension of commonExtensions.filter((candidate) => candidate !== 'xml')) {
      expect(commonTypes[extension]).toBe(sdk.get(extension) ?? lookup(`.${extension}`));
    }
  });
});

describe('the table of differences', () => {
  it('lists no extension twice and none on which mime-db agrees', () => {
    const seen = new Set<string>();
    for (const [type, list] of Object.entries(sdkMediaTypes)) {
      for (const extension of list.split(' ')) {
        expect(seen.has(extension)).toBe(false);
        seen.add(extension);
        expect(lookup(`.${extension}`)).not.toBe(type);
      }
    }
    expect(seen.size).toBe(301);
  });
});

describe('the extension of a key', () => {
  it.each([
    ['a.b.c', 'c'],
    ['a/b.c/d', ''],
    ['.bashrc', 'bashrc'],
    ['a.', ''],
    ['', ''],
  ])('%j has %j', (key, extension) => {
    expect(keyExtension(key)).toBe(extension);
  });
});
