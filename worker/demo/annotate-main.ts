import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../src/errors.ts';
import { runUntilStopped } from '../../src/run-until-stopped.ts';
import { findFfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import { annotateFrames } from './annotate-frames.ts';
import { readResultsFile } from './read-results-file.ts';

// annotate-main <video> <results JSON> <output folder> [number of frames]: prints the path of every picture it wrote.
const argumentsSchema = z.tuple([
  z.string().min(1),
  z.string().min(1),
  z.string().min(1),
  z.coerce.number().int().min(1).max(1000).default(6),
]);

await runUntilStopped('annotate', async ({ config, logger, stopping }) => {
  const parsed = argumentsSchema.safeParse(process.argv.slice(2));
  if (!parsed.success) {
    throw new AppError(
      'INVALID_ARGUMENT',
      'Give the video, the results JSON file, the output folder and, if wanted, a number of frames from 1 to 1000.',
      { cause: parsed.error },
    );
  }
  const [videoPath, resultsPath, outputDirectory, maxFrames] = parsed.data;
  const request = {
    videoPath,
    results: await readResultsFile(resultsPath),
    outputDirectory: resolve(outputDirectory),
    maxFrames,
    limits: {
      maxDurationSeconds: config.MAX_VIDEO_DURATION_S,
      maxFramePixels: config.MAX_FRAME_PIXELS,
      maxSeconds: config.MAX_JOB_SECONDS,
    },
  };
  const binaries = await findFfmpegBinaries(config, logger.child({}, { level: 'error' }));
  for (const path of await annotateFrames(binaries, request, stopping)) process.stdout.write(`${path}\n`);
});
