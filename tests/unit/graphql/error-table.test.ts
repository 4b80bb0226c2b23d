import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../src/config.ts';
import { printErrorTable, renewErrorTable } from '../../../src/error-table.ts';
import { ERROR_CODES } from '../../../src/error-codes.ts';

describe('docs/errors.md', () => {
  it('holds the table of the code; `npm run errors:print` renews it', async () => {
    const document = await readFile(join(projectRoot, 'docs', 'errors.md'), 'utf8');
    expect(renewErrorTable(document)).toBe(document);
  });

  it('is renewed between its marks alone', () => {
    const marks = ['<!-- Printed from', '<!-- End of'];
    const stale = `Before.\n${marks[0]} src/error-codes.ts by \`npm run errors:print\`. Do not edit. -->\nold\n${marks[1]} the printed part. -->\nAfter.\n`;
    const renewed = renewErrorTable(stale);
    expect(renewed).toMatch(/^Before\.\n<!--[^]*-->\nAfter\.\n$/);
    expect(renewed).not.toContain('\nold\n');
    expect(() => renewErrorTable('Nothing.')).toThrow(/lost the line/);
  });

  it('has a row for every code', () => {
    const rows = printErrorTable().split('\n').slice(2);
    expect(rows.map((row) => /^\| `(\w+)` /.exec(row)?.[1])).toEqual(Object.keys(ERROR_CODES));
    expect(rows.every((row) => row.split(' | ').length === 6)).toBe(true);
  });
});
