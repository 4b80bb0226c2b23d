import { resolve } from 'node:path';
import { AppError } from '../../src/errors.ts';
import { MAX_DECODER_THREADS } from './confinement.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { toFileUrl } from './probe-video.ts';
import { type FfmpegRequest, startFfmpeg } from './start-ffmpeg.ts';

/** The part of a photograph that fills the picture. */
export interface View {
  /** Where the part's centre lies, 0..1 from the top left of the photograph. */
  centerX: number;
  centerY: number;
  /** 1 shows the photograph's whole width, 2 half of it; the part must lie inside the photograph. */
  zoom: number;
}

/** One photograph, shown for some seconds while the view glides from one part of it to another. */
export interface Scene {
  imagePath: string;
  seconds: number;
  from: View;
  to: View;
}

/** One transparent picture of the video's size, laid over it from one time to another, in seconds. */
export interface Overlay {
  imagePath: string;
  fromSeconds: number;
  toSeconds: number;
}

/** A video to be made. Width and height are even numbers of pixels. */
export interface VideoPlan {
  width: number;
  height: number;
  framesPerSecond: number;
  scenes: readonly Scene[];
  overlays: readonly Overlay[];
  /** x264's constant rate factor: 18 is near lossless, 35 small and coarse. */
  quality: number;
  preset: 'ultrafast' | 'veryfast' | 'slow' | 'veryslow';
}

const ENCODE_TIMEOUT_MS = 300_000;

/**
 * Writes an H.264 MP4 without sound to `outputPath`.
 * @throws AppError TOOL_UNAVAILABLE when ffmpeg fails; the signal's reason when it is aborted.
 */
export async function encodeVideo(
  binaries: FfmpegBinaries,
  plan: VideoPlan,
  outputPath: string,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const pictures = [...plan.scenes, ...plan.overlays];
  const filters = ['-filter_complex', filterGraph(plan), '-map', '[out]', '-r', String(plan.framesPerSecond)];
  // Without times and versions in the header, equal input makes equal bytes.
  const container = ['-map_metadata', '-1', '-fflags', '+bitexact', '-movflags', '+faststart', '-f', 'mp4'];
  const codec = [
    '-c:v',
    'libx264',
    '-preset',
    plan.preset,
    '-crf',
    String(plan.quality),
    '-pix_fmt',
    'yuv420p',
    '-threads',
    String(MAX_DECODER_THREADS),
  ];
  const run = startFfmpeg(binaries, {
    inputs: pictures.map(({ imagePath }) => pictureInput(imagePath)),
    outputs: [{ options: [...filters, ...codec, ...container], path: resolve(outputPath) }],
    signal,
    timeoutMs: ENCODE_TIMEOUT_MS,
  });
  try {
    const { failure } = await run.outcome;
    signal.throwIfAborted();
    if (failure === undefined) return;
    throw new AppError(
      'TOOL_UNAVAILABLE',
      'ffmpeg could not encode the video. Install a build of ffmpeg that has libx264, or set FFMPEG_PATH to one.',
      { cause: failure },
    );
  } finally {
    await run.stop();
  }
}

function pictureInput(imagePath: string): FfmpegRequest['inputs'][number] {
  return { source: toFileUrl(imagePath), options: ['-protocol_whitelist', 'file', '-f', 'image2'] };
}

function filterGraph(plan: VideoPlan): string {
  const scenes = plan.scenes.map((scene, index) => `[${index}:v]${sceneFilters(scene, plan)}[scene${index}]`);
  const labels = plan.scenes.map((_, index) => `[scene${index}]`).join('');
  const joined = `${labels}concat=n=${plan.scenes.length}[over0]`;
  const overlays = plan.overlays.map(({ fromSeconds, toSeconds }, index) => {
    const shown = `gte(t,${fromSeconds})*lt(t,${toSeconds})`;
    const picture = `[${plan.scenes.length + index}:v]`;
    return `[over${index}]${picture}overlay=0:0:enable='${shown}'[over${index + 1}]`;
  });
  return [...scenes, joined, ...overlays, `[over${plan.overlays.length}]format=yuv420p[out]`].join(';');
}

/**
 * The photograph is decoded once, scaled to the video's width and then repeated. `perspective` moves the view, because
 * it samples between pixels: cropping or zooming by whole pixels would make a slow movement tremble. Its result has
 * the photograph's shape, so the last scaling gives the view its own proportions back.
 */
function sceneFilters(scene: Scene, plan: VideoPlan): string {
  const frames = Math.round(scene.seconds * plan.framesPerSecond);
  const glide = (from: number, to: number): string =>
    `(${from.toFixed(5)}+${(to - from).toFixed(5)}*in/${frames})`;
  const { from, to } = scene;
  const centerX = `W*${glide(from.centerX, to.centerX)}`;
  const centerY = `H*${glide(from.centerY, to.centerY)}`;
  const halfWidth = `W/2*${glide(1 / from.zoom, 1 / to.zoom)}`;
  const halfHeight = `${halfWidth}*${plan.height}/${plan.width}`;
  const [left, right] = [`${centerX}-${halfWidth}`, `${centerX}+${halfWidth}`];
  const [top, bottom] = [`${centerY}-${halfHeight}`, `${centerY}+${halfHeight}`];
  return [
    `scale=${plan.width}:-2`,
    'setsar=1',
    'format=yuv420p',
    `loop=loop=${frames - 1}:size=1:start=0`,
    `settb=1/${plan.framesPerSecond}`,
    'setpts=N',
    `perspective=x0='${left}':y0='${top}':x1='${right}':y1='${top}':x2='${left}':y2='${bottom}'` +
      `:x3='${right}':y3='${bottom}':sense=source:eval=frame:interpolation=linear`,
    `scale=${plan.width}:${plan.height}`,
    'setsar=1',
  ].join(',');
}
