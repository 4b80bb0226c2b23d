import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { probeVideo } from '../../../worker/frames/probe-video.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { FUZZ_SEED, fuzzCases, howToRepeat } from '../../helpers/fuzz-settings.ts';
import { mutateFile } from '../../helpers/mutate-file.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { extractImages, testBinaries, TINY_VIDEO, WIDE_LIMITS } from '../../helpers/video-tools.ts';

const CASES = fuzzCases(100);
const AT_ONCE = 2;
/** A case that is not over by then hangs. The limits of the product are lower, and must end it before. */
const DEADLINE_MS = 60_000;
const LIMIT_SECONDS = 15;
const folder = temporaryDirectory();
const originals = [TINY_VIDEO, join(import.meta.dirname, '../../fixtures/audio-only.mp4')].map((path) =>
  readFileSync(path),
);
/** What may be said of a damaged file. */
const CODES = new Set([
  'INVALID_VIDEO',
  'UNSUPPORTED_MEDIA',
  'VIDEO_TOO_LONG',
  'FRAME_TOO_LARGE',
  'TOO_MANY_FRAMES',
  'DECODER_CRASHED',
  'DECODER_STALLED',
  'JOB_TIMED_OUT',
]);

afterAll(waitUntilNoFfmpeg);

/** Probes the file and takes all its frames; resolves to a word for how that went. */
async function analyse(path: string, signal: AbortSignal): Promise<string> {
  const binaries = { ...(await testBinaries()), stallMs: LIMIT_SECONDS * 1_000 };
  const limits = { ...WIDE_LIMITS, probeTimeoutMs: LIMIT_SECONDS * 1_000 };
  const facts = await probeVideo(binaries, path, limits, signal);
  const warnings: string[] = [];
  const frames = extractImages(binaries, path, facts, {
    maxFrames: 1_000,
    maxFrameSide: 64,
    maxSeconds: LIMIT_SECONDS,
    signal,
    onWarning: ({ code }) => warnings.push(code),
  });
  let last = { frameIndex: -1, timestampMs: Number.NEGATIVE_INFINITY };
  for await (const { frameIndex, timestampMs, image } of frames) {
    expect(frameIndex).toBeGreaterThan(last.frameIndex);
    expect(timestampMs).toBeGreaterThanOrEqual(last.timestampMs);
    expect(image.data.length).toBe(image.width * image.height * 3);
    expect(frameIndex).toBeLessThan(facts.media.frameCount);
    last = { frameIndex, timestampMs };
  }
  expect(last.frameIndex).toBeGreaterThanOrEqual(0);
  expect(new Set(warnings).size).toBe(warnings.length);
  return ['frames', ...warnings.toSorted()].join(' ');
}

async function runCase(seed: number): Promise<string> {
  const original = originals[seed % 8 === 0 ? 1 : 0] ?? Buffer.alloc(0);
  const { bytes, damage } = mutateFile(original, seed);
  const path = join(folder, `${seed}.mp4`);
  await writeFile(path, bytes);
  try {
    return await analyse(path, AbortSignal.timeout(DEADLINE_MS));
  } catch (error) {
    if (error instanceof AppError && CODES.has(error.code)) return error.code;
    const how = howToRepeat(seed, 'tests/integration/frames/fuzz.test.ts');
    throw new Error(`A damaged file (${damage.join(', ')}) ended in another way than it may. ${how}`, {
      cause: error,
    });
  }
}

/** Cases that once ended in another way than they may: two frames of one index. */
it.each([863_903_198])('the file of seed %i, which was a fault, gives frames or a reason', async (seed) => {
  expect(await runCase(seed)).toMatch(/^frames /);
});

it(`${CASES} files that were damaged at random give frames or a reason`, async () => {
  console.info(`fuzzing with FUZZ_SEED=${FUZZ_SEED}`);
  const outcomes: Record<string, number> = {};
  let next = 0;
  const runSome = async () => {
    while (next < CASES) {
      const seed = FUZZ_SEED + next;
      next += 1;
      const outcome = await runCase(seed);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runSome));
  console.info(outcomes);
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(CASES);
}, 600_000);
