/**
 * Measures how frames are had, against decoding everything: `npm run bench:frames -- VIDEO`. The video is repeated until it
 * is long enough for samples that lie far apart.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createTable } from '../../src/cli/create-table.ts';
import { invocationDirectory } from '../../src/config.ts';
import { extractFrames } from '../../worker/frames/extract-frames.ts';
import { deliveredSize } from '../../worker/frames/frame-sampling.ts';
import { neverAborted, probe, testBinaries } from '../helpers/video-tools.ts';
import { readCpuAccount, spentBetween } from './cpu-account.ts';

const LONG_SECONDS = 900;
const run = promisify(execFile);
const [video] = process.argv.slice(2);
if (video === undefined) {
  console.error('Give a video, for instance: npm run bench:frames -- video.mp4');
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'foregsyte-bench-'));
try {
  await measure(resolve(invocationDirectory, video));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(path: string): Promise<void> {
  const { ffmpegPath } = await testBinaries();
  const { media } = await probe(path);
  const long = join(folder, 'long.mp4');
  const again = Math.ceil((LONG_SECONDS * 1000) / media.durationMs);
  await run(ffmpegPath, [
    '-v',
    'error',
    '-stream_loop',
    String(again),
    '-i',
    path,
    '-c',
    'copy',
    '-an',
    long,
  ]);
  const facts = await probe(long);
  console.log(
    `${facts.media.width}x${facts.media.height}, ${facts.media.frameCount} frames, ` +
      `${Math.round(facts.media.durationMs / 1000)} s, ${facts.seekPoints.presentationTimesMs.length} keyframes`,
  );

  const table = createTable([
    'What',
    'Frames',
    'CPU s, decoder',
    'CPU s, own',
    'wall s',
    'CPU, of decoding alone',
  ]);
  const floor = await account(async () => {
    await run(ffmpegPath, ['-v', 'error', '-i', long, '-map', '0:v:0', '-f', 'null', '-']);
    return facts.media.frameCount;
  });
  const rows = [
    ['decode everything, to nothing', floor],
    ['uniform, 1 a second', await extract({ samplesPerSecond: 1 })],
    ['adaptive, 1 a second', await extract({ samplesPerSecond: 1, adaptTo: 'thumbnail' })],
    ['every frame', await extract({ samplesPerSecond: Infinity })],
    ['1 a minute', await extract({ samplesPerSecond: 1 / 60 })],
  ] as const;
  for (const [what, { frames, decoder, own, wallMs }] of rows) {
    const share = ((decoder + own) / (floor.decoder + floor.own)) * 100;
    table.push([
      what,
      frames,
      decoder.toFixed(2),
      own.toFixed(2),
      (wallMs / 1000).toFixed(2),
      `${share.toFixed(0)} %`,
    ]);
  }
  console.log(table.toString());

  async function extract(sampling: { samplesPerSecond: number; adaptTo?: 'thumbnail' }) {
    const full = deliveredSize(facts.media, 1280);
    return account(async () => {
      let frames = 0;
      const extraction = extractFrames(await testBinaries(), long, facts, {
        pictures: [
          { name: 'luma', pixels: 'gray', fit: 'stretch', ...full },
          { name: 'detector', pixels: 'rgb24', fit: 'stretch', width: 300, height: 300 },
          { name: 'thumbnail', pixels: 'gray', fit: 'stretch', ...deliveredSize(facts.media, 320) },
        ],
        ...sampling,
        maxFrames: 1_000_000,
        maxSeconds: 3_600,
        signal: neverAborted(),
      });
      for await (const { frameIndex } of extraction) frames += frameIndex >= 0 ? 1 : 0;
      return frames;
    });
  }
}

async function account(work: () => Promise<number>) {
  const before = readCpuAccount();
  const begun = performance.now();
  const frames = await work();
  const { decode, main, runtime } = spentBetween(before, readCpuAccount());
  return { frames, decoder: decode, own: main + runtime, wallMs: performance.now() - begun };
}
