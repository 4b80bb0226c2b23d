import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { extractFrames } from '../../worker/frames/extract-frames.ts';
import { findFfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { probeVideo } from '../../worker/frames/probe-video.ts';
import { STAND_IN_FRAME_SIDE } from './stand-in.ts';
import { colourPicture } from './video-tools.ts';

// A process of its own that extracts frames as the worker does, for tests that kill it.
const [path = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const config = readConfig();
const binaries = await findFfmpegBinaries(config, createLogger({ level: 'info', name: 'extraction' }));
const limits = { maxDurationSeconds: 60, maxFramePixels: 10_000_000 };
const facts = await probeVideo(binaries, path, limits, signal);
const pictures = [colourPicture(facts, STAND_IN_FRAME_SIDE)];
const bounds = { pictures, samplesPerSecond: Infinity, maxFrames: 1000, maxSeconds: 600, signal };
for await (const { frameIndex } of extractFrames(binaries, path, facts, bounds)) console.log(frameIndex);
