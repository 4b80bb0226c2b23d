import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { modelsDirectory, projectRoot, readConfig } from '../../../src/config.ts';
import { runForegsyte, type CommandRun } from '../../helpers/run-foregsyte.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';

const DEMO_MS = 240_000;
/** Percent points that builds of ffmpeg may move a confidence by. */
const TOLERANCE = 3;

const dataDirectory = temporaryDirectory();
let database: TestDatabase;
let demo: CommandRun;
beforeAll(async () => {
  database = await createTestDatabase();
  const environment = {
    DATABASE_URL: database.url,
    DATA_DIR: dataDirectory,
    MODELS_DIR: modelsDirectory(readConfig()),
    TF_BACKEND: 'wasm',
  };
  demo = await runForegsyte(['demo'], environment, { timeoutMs: DEMO_MS });
}, DEMO_MS + 10_000);
afterAll(() => database.drop());

/** The rows of tables that a text holds, cell by cell. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('│'));
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('│')
      .map((cell) => cell.trim()),
  );
}

describe('foregsyte demo', () => {
  it('prints what README.md shows', async () => {
    expect(demo).toMatchObject({ exitCode: 0 });
    const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
    const printed = new Map(rowsOf(demo.stdout).map((row) => [row[0], row]));
    const promised = rowsOf(readme);
    expect(promised.length).toBeGreaterThan(6);
    for (const row of promised) expect(printed.get(row[0])?.map(withinTolerance(row))).toEqual(row);
  });

  it('leaves annotated frames and the results document where it says', async () => {
    const [, folder = ''] = /^Annotated frames: +(.+)$/m.exec(demo.stdout) ?? [];
    const pictures = (await readdir(folder)).filter((name) => name.endsWith('.png'));
    expect(pictures).toHaveLength(6);
    const picture = await loadImage(join(folder, pictures[0] ?? ''));
    expect(picture.width).toBe(1280);
    const [, path = ''] = /^Results document: +(.+)$/m.exec(demo.stdout) ?? [];
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pipelineId: 'yolo_ocr' });
  });
});

/** Puts the expected confidence in the place of one that is near enough. */
function withinTolerance(expected: readonly string[]) {
  return (cell: string, column: number): string => {
    const other = expected[column] ?? '';
    const [given, wanted] = [cell, other].map((text) =>
      text.endsWith(' %') ? Number.parseInt(text, 10) : NaN,
    );
    return Math.abs(Number(given) - Number(wanted)) <= TOLERANCE ? other : cell;
  };
}
