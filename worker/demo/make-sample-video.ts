import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../src/logger.ts';
import type { View } from '../frames/encode-video.ts';
import { type FfmpegSettings, findFfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import { type Caption, makeCaptionedVideo } from './make-captioned-video.ts';
import { fetchPhotographs, type Photograph } from './photographs.ts';

/** What the sample says and when, in seconds: the truth that an analysis of it can be compared with. */
export const SAMPLE_CAPTIONS: readonly Caption[] = [
  { text: 'Foregsyte reads what is written', fromSeconds: 0.5, toSeconds: 2.8 },
  { text: 'It follows the people it sees', fromSeconds: 3.4, toSeconds: 5.8 },
  { text: 'Every box has a label and a time', fromSeconds: 6.4, toSeconds: 8.8 },
  { text: 'It all runs on this machine', fromSeconds: 9.4, toSeconds: 11.6 },
];

const SCENE_SECONDS = 3;
const view = (centerX: number, centerY: number, zoom: number): View => ({ centerX, centerY, zoom });
const SCENES: readonly { photograph: Photograph; from: View; to: View }[] = [
  { photograph: 'sample6.jpg', from: view(0.5, 0.42, 1), to: view(0.53, 0.44, 1.18) },
  { photograph: 'sample1.jpg', from: view(0.54, 0.46, 1.25), to: view(0.5, 0.48, 1.02) },
  { photograph: 'sample4.jpg', from: view(0.47, 0.37, 1.08), to: view(0.53, 0.37, 1.08) },
  { photograph: 'sample3.jpg', from: view(0.5, 0.48, 1), to: view(0.56, 0.46, 1.2) },
];

/**
 * The path of the demo's sample video (12 s, 1280x720, 20 frames a second), made on the first call: photographs of
 * people, panned and zoomed, with captions at known times.
 * @throws AppError TOOL_UNAVAILABLE, or MODEL_UNAVAILABLE when the photographs cannot be fetched; the signal's reason.
 */
export async function makeSampleVideo(
  config: FfmpegSettings,
  logger: Logger,
  signal: AbortSignal,
): Promise<string> {
  const outputPath = join(config.DATA_DIR, 'sample', 'sample.mp4');
  if (await isFile(outputPath)) return outputPath;
  const binaries = await findFfmpegBinaries(config, logger);
  const photographs = await fetchPhotographs(join(config.DATA_DIR, 'cache'), signal);
  const video = {
    width: 1280,
    height: 720,
    framesPerSecond: 20,
    quality: 24,
    preset: 'veryfast' as const,
    scenes: SCENES.map(({ photograph, from, to }) => ({
      imagePath: join(photographs, photograph),
      seconds: SCENE_SECONDS,
      from,
      to,
    })),
    captions: SAMPLE_CAPTIONS,
    captionStyle: { fontSize: 46 },
  };
  await makeCaptionedVideo(binaries, video, outputPath, signal);
  return outputPath;
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}
