import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { configVariables, projectRoot, readConfig } from '../../../src/config.ts';
import { AppError } from '../../../src/errors.ts';
import { DELIVERY_SECONDS } from '../../../src/queue/delivery-limit.ts';

const complaintAbout = (environment: Record<string, string>): AppError => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('The configuration was accepted.');
};

describe('readConfig', () => {
  it('has a default for everything but the database', () => {
    expect(readConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 4000, MAX_UPLOAD_BYTES: 2 * 1024 ** 3 });
    expect(readConfig({}).DATABASE_URL).toBeUndefined();
  });

  it('is frozen, and takes an empty value as not set', () => {
    const config = readConfig({ PORT: '' });
    expect(config.PORT).toBe(4000);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    ['PORT', '70000'],
    ['MAX_UPLOAD_BYTES', 'plenty'],
    ['TF_BACKEND', 'quantum'],
    ['DATABASE_URL', 'mysql://root:hunter2@host/db'],
    ['HOST', '0.0.0.0'],
    ['FOREGSYTE_URL', 'https://user:hunter2@host'],
    ['FOREGSYTE_API_KEY', 'fgs_1 fgs_2'],
  ])('names %s and never its value', (name, value) => {
    const error = complaintAbout({ [name]: value });
    expect(error.code).toBe('INVALID_CONFIGURATION');
    expect(error.message).toContain(name);
    expect(error.message).not.toContain(value);
  });

  it('lets no attempt take so long that the queue would take its job away before it is settled', () => {
    const longest = 82_000;
    expect(readConfig({ MAX_JOB_SECONDS: String(longest) }).MAX_JOB_SECONDS).toBe(longest);
    expect(longest + 600).toBeLessThan(DELIVERY_SECONDS);
    expect(complaintAbout({ MAX_JOB_SECONDS: String(longest + 1) }).message).toContain('MAX_JOB_SECONDS');
  });

  it('is documented: .env.example names every variable and no other', async () => {
    const text = await readFile(join(projectRoot, '.env.example'), 'utf8');
    const documented = [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(configVariables));
  });
});
