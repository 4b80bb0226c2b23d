import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { scratchDirectory, type Config } from '../../src/config.ts';
import { AppError } from '../../src/errors.ts';
import type { Logger } from '../../src/logger.ts';
import { type Confinement, findConfinement } from './confinement.ts';
import { TONE_MAPPING_FILTERS } from './map-tones.ts';

/** Where ffmpeg and ffprobe are, and what the code that starts them has to know about them. */
export interface FfmpegBinaries {
  /** Absolute path, or the bare name of a program on PATH. */
  ffmpegPath: string;
  ffprobePath: string;
  ffmpegVersion: string;
  /** Whether either program is one of the old builds that npm packages carry. */
  bundled: boolean;
  /** The output options with which this ffmpeg neither repeats nor drops frames. */
  passthroughOptions: readonly string[];
  /** Whether this ffmpeg is misled by the segment index of fragmented files (all versions before 5). */
  misreadsSegmentIndex: boolean;
  /** Whether this ffmpeg can turn high dynamic range into what models and people are used to. */
  mapsTones: boolean;
  confinement: Confinement;
  /** Milliseconds without any progress after which either program is ended. */
  stallMs: number;
}

/** What the operator says about the two programs. */
export type FfmpegSettings = Pick<
  Config,
  'FFMPEG_PATH' | 'FFPROBE_PATH' | 'FFMPEG_MAX_MEMORY_BYTES' | 'DECODER_STALL_MS' | 'DATA_DIR'
>;

interface FoundTool {
  path: string;
  versionText: string;
  bundled: boolean;
}

const LIMITS = { timeout: 15_000, killSignal: 'SIGKILL' } as const;
const run = promisify(execFile);
const requireOptional = createRequire(import.meta.url);

/**
 * Finds ffmpeg and ffprobe (the configured paths, else PATH, else the npm packages with static builds), and how they
 * can be confined here.
 * @throws AppError TOOL_UNAVAILABLE when one of the two cannot be started.
 */
export async function findFfmpegBinaries(config: FfmpegSettings, logger: Logger): Promise<FfmpegBinaries> {
  const limits = {
    maxMemoryBytes: config.FFMPEG_MAX_MEMORY_BYTES,
    directory: join(scratchDirectory(config), 'ffmpeg'),
  };
  const [confinement, ffmpeg, ffprobe] = await Promise.all([
    findConfinement(limits, logger),
    findTool('ffmpeg', 'FFMPEG_PATH', config.FFMPEG_PATH, '@ffmpeg-installer/ffmpeg'),
    findTool('ffprobe', 'FFPROBE_PATH', config.FFPROBE_PATH, '@ffprobe-installer/ffprobe'),
  ]);
  const bundled = ffmpeg.bundled || ffprobe.bundled;
  const ffmpegVersion = /^ffmpeg version (\S+)/.exec(ffmpeg.versionText)?.[1] ?? 'unknown';
  if (bundled) {
    logger.warn(
      { ffmpegVersion },
      'Using the old ffmpeg builds that npm packages carry. In production install the system package ffmpeg, ' +
        'or set FFMPEG_PATH and FFPROBE_PATH: old decoders miss security fixes.',
    );
  }
  return {
    ffmpegPath: ffmpeg.path,
    ffprobePath: ffprobe.path,
    ffmpegVersion,
    bundled,
    confinement,
    stallMs: config.DECODER_STALL_MS,
    mapsTones: await canMapTones(ffmpeg.path),
    ...traitsOf(ffmpeg.versionText),
  };
}

/** Builds from git have no version number to compare, but every build prints that of libavcodec: 59 is ffmpeg 5. */
function traitsOf(versionText: string): Pick<FfmpegBinaries, 'passthroughOptions' | 'misreadsSegmentIndex'> {
  const [, majorText = '0', minorText = '0'] = /libavcodec\s+(\d+)\.\s*(\d+)/.exec(versionText) ?? [];
  const major = Number(majorText);
  // `-vsync` is deprecated since ffmpeg 5.1 (libavcodec 59.37), which brought `-fps_mode` in its place.
  const hasFpsMode = major > 59 || (major === 59 && Number(minorText) >= 37);
  return {
    passthroughOptions: hasFpsMode ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'],
    misreadsSegmentIndex: major < 59,
  };
}

async function canMapTones(ffmpegPath: string): Promise<boolean> {
  const { stdout } = await run(ffmpegPath, ['-hide_banner', '-filters'], LIMITS).catch(() => ({
    stdout: '',
  }));
  return TONE_MAPPING_FILTERS.every((name) => stdout.includes(` ${name} `));
}

async function findTool(
  name: string,
  variable: string,
  configured: string | undefined,
  packageName: string,
): Promise<FoundTool> {
  if (configured !== undefined) {
    // A configured path that does not work is a mistake to report, not a reason to run some other build.
    const versionText = await readVersion(configured).catch((error: unknown) => {
      throw new AppError(
        'TOOL_UNAVAILABLE',
        `${variable} does not name a program that can be started. Correct it, or unset it to use ${name} from PATH.`,
        { cause: error },
      );
    });
    // The program will run in a folder of its own; a bare name is looked for on PATH.
    const path = configured.includes('/') ? resolve(configured) : configured;
    return { path, versionText, bundled: false };
  }
  try {
    // The operating system searches PATH when a bare name is started, so that nothing here reads the environment.
    return { path: name, versionText: await readVersion(name), bundled: false };
  } catch {
    return findBundledTool(name, variable, packageName);
  }
}

async function findBundledTool(name: string, variable: string, packageName: string): Promise<FoundTool> {
  try {
    const { path } = z.object({ path: z.string() }).parse(requireOptional(packageName));
    return { path, versionText: await readVersion(path), bundled: true };
  } catch (error) {
    throw new AppError(
      'TOOL_UNAVAILABLE',
      `${name} is not installed. Install it (on Debian: apt-get install ffmpeg), or set ${variable} to where it is.`,
      { cause: error },
    );
  }
}

async function readVersion(path: string): Promise<string> {
  const { stdout } = await run(path, ['-version'], LIMITS);
  return stdout;
}
