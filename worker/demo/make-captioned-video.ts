import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encodeVideo, type Scene, type VideoPlan } from '../frames/encode-video.ts';
import type { FfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import { type CaptionStyle, drawCaption } from './draw-captions.ts';

/** One caption and when it is shown, in seconds. */
export interface Caption {
  text: string;
  fromSeconds: number;
  toSeconds: number;
}

/** A video of photographs with captions. */
export interface CaptionedVideo extends Omit<VideoPlan, 'overlays'> {
  scenes: readonly Scene[];
  captions: readonly Caption[];
  captionStyle: CaptionStyle;
}

/**
 * Makes the video and puts it at `outputPath` in one step, so that nobody ever finds half of it.
 * @throws what encodeVideo throws.
 */
export async function makeCaptionedVideo(
  binaries: FfmpegBinaries,
  video: CaptionedVideo,
  outputPath: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(outputPath), { recursive: true });
  // Beside the result, because a rename is atomic only within one file system.
  const staging = await mkdtemp(join(dirname(outputPath), `.${basename(outputPath)}-`));
  try {
    const overlays = await Promise.all(
      video.captions.map(async ({ text, fromSeconds, toSeconds }, index) => {
        const imagePath = join(staging, `caption-${index}.png`);
        await writeFile(imagePath, await drawCaption(text, video, video.captionStyle));
        return { imagePath, fromSeconds, toSeconds };
      }),
    );
    const finished = join(staging, 'video.mp4');
    await encodeVideo(binaries, { ...video, overlays }, finished, signal);
    await rename(finished, outputPath);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
