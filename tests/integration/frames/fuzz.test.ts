import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { sample } from 'fast-check';
import { projectRoot } from '../../../src/config.ts';
import { AppError } from '../../../src/errors.ts';
import { extractWithWarnings } from '../../helpers/extract-with-warnings.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { mutate, mutations, type Mutation } from '../../helpers/mutate-file.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { TINY_VIDEO } from '../../helpers/video-tools.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const cases = Number(process.env['FUZZ_CASES'] ?? 200);
/** Each file takes a fraction of a second; what takes so long hangs. */
const DEADLINE_MS = 30_000;
/** What a damaged file may be told to be. Nothing that another attempt could mend, and nothing that nobody foresaw. */
const CODES = new Set([
  'INVALID_VIDEO',
  'UNSUPPORTED_MEDIA',
  'VIDEO_TOO_LONG',
  'FRAME_TOO_LARGE',
  'TOO_MANY_FRAMES',
]);

const folder = temporaryDirectory();
afterAll(waitUntilNoFfmpeg);

/** How the extraction of a damaged file ends, in a word. */
async function endOf(path: string): Promise<string> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const { frames, warnings } = await extractWithWarnings(path, { signal, samplesPerSecond: 2 });
    if (frames.length === 0) return 'no frames and no error';
    return warnings.length > 0 ? 'frames and a warning' : 'frames';
  } catch (error) {
    if (signal.aborted) return 'hung';
    return error instanceof AppError ? error.code : `unforeseen: ${String(error)}`;
  }
}

it(`ends ${cases} damaged files with frames or with a code that says so (FUZZ_SEED=${seed})`, async () => {
  const originals = [TINY_VIDEO, join(projectRoot, 'tests/fixtures/audio-only.mp4')];
  const files = await Promise.all(originals.map((path) => readFile(path)));
  const ends = new Map<string, number>();
  const wrong: { mutation: Mutation; file: number; end: string }[] = [];
  for (const [nth, mutation] of sample(mutations, { seed, numRuns: cases }).entries()) {
    // Most of them are damaged videos; a file with sound alone has an index of its own.
    const file = nth % 8 === 7 ? 1 : 0;
    const path = join(folder, `${nth % 2}.mp4`);
    await writeFile(path, mutate(files[file] ?? Buffer.alloc(0), mutation));
    const end = await endOf(path);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (!CODES.has(end) && !end.startsWith('frames')) wrong.push({ mutation, file, end });
  }
  console.log(`FUZZ_SEED=${seed}: ${JSON.stringify(Object.fromEntries(ends))}`);
  expect(wrong).toEqual([]);
  // Otherwise the damage would be too little, or too much, to try anything.
  expect(ends.get('frames and a warning') ?? 0).toBeGreaterThan(0);
  expect(ends.get('INVALID_VIDEO') ?? 0).toBeGreaterThan(0);
}, 600_000);
