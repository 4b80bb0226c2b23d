import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractFrames } from '../../worker/frames/extract-frames.ts';
import { deliveredSize } from '../../worker/frames/frame-sampling.ts';
import { toPortableGraymap } from '../../worker/ocr/portable-graymap.ts';
import { neverAborted, probe, testBinaries } from '../helpers/video-tools.ts';

const MAX_FRAMES = 10;
const run = promisify(execFile);

/**
 * Milliseconds that the `tesseract` command on PATH takes for a whole frame of the video, its start included: the mean over
 * some of its frames. Undefined when there is no such command.
 */
export async function timeTesseract(path: string): Promise<number | undefined> {
  if (
    !(await run('tesseract', ['--version']).then(
      () => true,
      () => false,
    ))
  )
    return undefined;
  const facts = await probe(path);
  const folder = await mkdtemp(join(tmpdir(), 'foregsyte-bench-'));
  try {
    let frames = 0;
    let elapsedMs = 0;
    const size = deliveredSize(facts.media, 1280);
    for await (const { pictures } of extractFrames(await testBinaries(), path, facts, {
      pictures: [{ name: 'luma', pixels: 'gray', fit: 'stretch', ...size }],
      samplesPerSecond: MAX_FRAMES / Math.max(1, facts.media.durationMs / 1000),
      maxFrames: 2 * MAX_FRAMES,
      maxSeconds: 600,
      signal: neverAborted(),
    })) {
      const file = join(folder, `${frames}.pgm`);
      await writeFile(file, toPortableGraymap(pictures.luma));
      const begun = performance.now();
      await run('tesseract', [file, 'stdout', '--psm', '3']);
      elapsedMs += performance.now() - begun;
      frames += 1;
    }
    return elapsedMs / Math.max(1, frames);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
