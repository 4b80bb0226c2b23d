import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../src/config.ts';

const text = await readFile(join(projectRoot, 'docs', 'reliability.md'), 'utf8');
/** Every `tests/...`: "title" of the document. */
const references = [...text.matchAll(/`(tests\/[^`]+\.test\.ts)`: "([^"]+)"/g)].map(
  ([, file = '', title = '']) => ({ file, title }),
);

describe('docs/reliability.md', () => {
  it('names a test for every promise', () => {
    const [, table = ''] = text.split('## Promises');
    const rows =
      table
        .split('\n## ')[0]
        ?.split('\n')
        .filter((line) => /^\| (?!-|Promise)/.test(line)) ?? [];
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) expect(row).toMatch(/`tests\/[^`]+\.test\.ts`: "/);
  });

  it.each(references)('$file has a test "$title"', async ({ file, title }) => {
    expect(await readFile(join(projectRoot, file), 'utf8')).toContain(title);
  });
});
