import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RecordingEdge } from '../program/recording-edge.js';
import { readStructuredText, structuredText } from './structured-value.js';

describe('the text of a structured option', () => {
  it.each([
    [' \n<Tagging/>', 'xml'],
    ['\ufeff<?xml version="1.0"?><Tagging/>', 'xml'],
    ['{"TagSet":{}}', 'json'],
    ['\t[1]', 'json'],
  ])('%j is %s', (content, language) => {
    expect(structuredText(content, 'tagging').language).toBe(language);
  });

  it.each(['', '  ', 'a=b&c=d', '"text"', 'tags.json'])('is not %j', (content) => {
    expect(() => structuredText(content, 'tagging')).toThrow(/XML or JSON/);
  });

  it('comes from the command line, a file or standard input', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ossutil-structured-'));
    try {
      await writeFile(join(directory, 'my tags.xml'), '<Tagging/>\n');
      const edge = new RecordingEdge({ workingDirectory: directory, stdin: ' {"a": 1} ' });
      const read = (text: string) => readStructuredText(text, 'tagging', edge, edge.stdin);
      expect(await read('<A/>')).toEqual({ language: 'xml', text: '<A/>' });
      expect(await read('file://my tags.xml')).toEqual({ language: 'xml', text: '<Tagging/>' });
      expect(await read('-')).toEqual({ language: 'json', text: '{"a": 1}' });
      await expect(read('-')).rejects.toMatchObject({ exitCode: 1 });
      await expect(read('file://none')).rejects.toMatchObject({ exitCode: 3 });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
