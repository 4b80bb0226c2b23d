import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { modelsDirectory, projectRoot, readConfig } from '../../../src/config.ts';
import { findingSchema, type Finding } from '../../../src/doctor/finding.ts';
import { BUNDLED_LANGUAGES } from '../../../src/jobs/ocr-languages.ts';
import { runForegsyte } from '../../helpers/run-foregsyte.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';

const require = createRequire(import.meta.url);
const french = require.resolve('@tesseract.js-data/fra/4.0.0_best_int/fra.traineddata.gz');
const dataDirectory = temporaryDirectory();
const models = modelsDirectory(readConfig());
const withoutTensorflow = `--require=${join(projectRoot, 'tests/helpers/no-tensorflow.cjs')}`;
let database: TestDatabase;

const doctor = (args: string[], environment: Record<string, string>) =>
  runForegsyte(['doctor', ...args], {
    DATA_DIR: dataDirectory,
    MODELS_DIR: models,
    // Any free one, whatever else runs on this machine.
    PORT: '0',
    ...environment,
  });
const examine = async (environment: Record<string, string>) => {
  const { stdout, exitCode } = await doctor(['--json'], environment);
  const findings = z.array(findingSchema).parse(JSON.parse(stdout));
  const look = (subject: string): Finding | undefined =>
    findings.find((finding) => finding.subject.startsWith(subject));
  const problems = findings.filter(({ verdict }) => verdict === 'problem').map(({ subject }) => subject);
  return { exitCode, findings, look, problems };
};

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('foregsyte doctor', () => {
  it('finds everything that a machine which runs the service has, and leaves there what the worker would', async () => {
    const folder = join(dataDirectory, 'fresh');
    await mkdir(folder);
    await chmod(folder, 0o700);
    const { exitCode, look, problems } = await examine({
      DATABASE_URL: database.url,
      DATA_DIR: folder,
      TF_BACKEND: 'wasm',
    });
    expect(problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(look('Node.js')?.found).toContain(process.versions.node);
    expect(look('Postgres')).toMatchObject({
      verdict: 'ok',
      found: expect.stringMatching(/^\d+.*DATABASE_URL, migrated$/),
    });
    expect(look('port')).toMatchObject({ verdict: 'ok', found: '127.0.0.1:0 is free' });
    expect(look('data folder')?.found).toMatch(/\d+ MiB free/);
    expect(look('ffmpeg')?.found).toMatch(/bundled|system/);
    expect(look('model')?.found).toContain('licence Apache-2.0');
    expect(look('detection')?.found).toContain('wasm');
    for (const language of BUNDLED_LANGUAGES) expect(look('text')?.found).toContain(language);

    expect(await readdir(folder)).toEqual(['scratch']);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it('knows the embedded Postgres, and says why a better backend does not run, and how to get it', async () => {
    const { exitCode, look } = await examine({ NODE_OPTIONS: withoutTensorflow });
    expect(exitCode).toBe(0);
    expect(look('Postgres')?.found).toContain('embedded, not running');
    expect(look('detection')).toMatchObject({
      verdict: 'note',
      found: expect.stringMatching(/^wasm, \d+ threads; not tensorflow: ./),
      advice: expect.stringContaining('npm run tensorflow:build'),
    });
  });

  it('calls a backend that was asked for and does not run a problem, but no database that is not migrated', async () => {
    const empty = await createTestDatabase('empty');
    try {
      const { exitCode, look, problems } = await examine({
        DATABASE_URL: empty.url,
        NODE_OPTIONS: withoutTensorflow,
        TF_BACKEND: 'tensorflow',
      });
      expect(exitCode).toBe(1);
      expect(problems).toEqual(['detection']);
      expect(look('detection')?.found).toContain('Unset TF_BACKEND');
      expect(look('Postgres')).toMatchObject({
        verdict: 'note',
        advice: expect.stringContaining('npm run migrate'),
      });
    } finally {
      await empty.drop();
    }
  });

  it('tells each problem and what to do about it, to a person as well', async () => {
    const broken = {
      DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/none',
      MODELS_DIR: join(dataDirectory, 'no-models'),
      FFMPEG_PATH: '/bin/false',
      MIN_FREE_BYTES: String(1_000_000 * 1024 ** 3),
      METRICS_PORT: '65535',
    };
    const { exitCode, look, problems } = await examine(broken);
    expect(exitCode).toBe(1);
    expect(problems.toSorted()).toEqual([
      'Postgres',
      'data folder',
      'ffmpeg',
      'metrics ports',
      'model ssdlite_mobilenet_v2',
    ]);
    expect(look('Postgres')?.found).toContain('Check DATABASE_URL');
    expect(look('model')?.found).toContain('npm run models:fetch');

    const printed = await doctor([], broken);
    expect(printed.exitCode).toBe(1);
    expect(printed.stdout).toMatch(/^PROBLEM +ffmpeg +FFMPEG_PATH does not name/m);
    expect(printed.stdout).toContain('mend the 5 problems above');
    expect(printed.stdout + printed.stderr).not.toContain('secret');
  });

  it('tries the data of each language in the folder, and says which is damaged', async () => {
    const languages = join(dataDirectory, 'languages');
    await mkdir(languages);
    const packed = await readFile(french);
    const plain = gunzipSync(packed);
    const file = (name: string) => join(languages, name);
    await copyFile(french, file('ita.traineddata.gz'));
    await writeFile(file('por.traineddata'), plain);
    await writeFile(file('nld.traineddata'), plain.subarray(0, plain.length / 2));
    await writeFile(file('pol.traineddata.gz'), packed.subarray(0, packed.length / 2));
    await writeFile(file('fin.traineddata'), '<html>404 Not Found</html>');
    await symlink('/dev/zero', file('swe.traineddata'));
    await writeFile(file('deu.traineddata'), 'is not used');
    const { exitCode, findings, look } = await examine({ OCR_LANGUAGES_DIR: languages, TF_BACKEND: 'wasm' });
    expect(exitCode).toBe(0);
    expect(look('text')?.verdict).toBe('ok');
    const subjects = findings.map(({ subject }) => subject).filter((subject) => subject.startsWith('lang'));
    const codes = ['deu', 'fin', 'ita', 'nld', 'pol', 'por', 'swe'];
    expect(subjects).toEqual(codes.map((code) => `language ${code}`));
    const sha256 = createHash('sha256').update(packed).digest('hex');
    expect(look('language ita')).toMatchObject({ verdict: 'ok', found: expect.stringContaining(sha256) });
    expect(look('language por')?.verdict).toBe('ok');
    expect(look('language deu')).toMatchObject({
      verdict: 'ok',
      found: expect.stringContaining('is not used'),
    });
    for (const [code, advice] of [
      ['nld', 'whole file'],
      ['pol', 'whole file'],
      ['fin', 'whole file'],
      ['swe', 'put swe.traineddata into'],
    ] as const) {
      expect(look(`language ${code}`)).toMatchObject({
        verdict: 'note',
        found: expect.stringMatching(new RegExp(`^${code}.traineddata(.gz)? cannot be used`)),
        advice: expect.stringContaining(advice),
      });
    }
  });
});
