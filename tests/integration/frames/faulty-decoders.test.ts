import { afterAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../src/config.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { findConfinement } from '../../../worker/frames/confinement.ts';
import type { FfmpegBinaries } from '../../../worker/frames/ffmpeg-binaries.ts';
import { probeVideo } from '../../../worker/frames/probe-video.ts';
import { ffmpegChildren, waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import {
  deliverFrames,
  isRunning,
  readPid,
  STAND_IN_FRAME_SIDE,
  waitUntilGone,
  writeStandIn,
} from '../../helpers/stand-in.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import {
  extractImages,
  neverAborted,
  probe,
  testBinaries,
  TINY_VIDEO,
  WIDE_LIMITS,
} from '../../helpers/video-tools.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const folder = temporaryDirectory();
afterAll(waitUntilNoFfmpeg);
const STALL_MS = 400;

interface Run {
  /** Indices of the frames that were delivered before the end. */
  frames: number[];
  failure: unknown;
  /** Milliseconds from the beginning to the end. */
  elapsedMs: number;
}

/** Extracts every frame of tiny.mp4, or what the given programs make of it. */
async function extract(changes: Partial<FfmpegBinaries>, path = TINY_VIDEO): Promise<Run> {
  const binaries = { ...(await testBinaries()), ...changes };
  const facts = await probe(path);
  const options = { maxFrameSide: STAND_IN_FRAME_SIDE };
  const begun = performance.now();
  const frames: number[] = [];
  const failure: unknown = await (async () => {
    for await (const { frameIndex } of extractImages(binaries, path, facts, options)) frames.push(frameIndex);
  })().catch((error: unknown) => error);
  return { frames, failure, elapsedMs: performance.now() - begun };
}

const EXTRACTION_PROCESS = join(projectRoot, 'tests/helpers/extraction-process.ts');

/** What a process with another environment prints: its log, and the index of each frame of tiny.mp4. */
async function extractElsewhere(environment: Record<string, string>): Promise<string[]> {
  const env = { ...process.env, DATA_DIR: folder, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [EXTRACTION_PROCESS, TINY_VIDEO], { env });
  return stdout.trimEnd().split('\n');
}

const confinedTo = (maxMemoryBytes: number) =>
  findConfinement({ maxMemoryBytes, directory: folder }, createSilentLogger());

describe('a decoder that hangs', () => {
  it.each([
    ['at the start', 0],
    ['in the middle', 3],
  ])('%s is ended, with an error after which the job is tried again', async (name, count) => {
    const pidFile = join(folder, `hangs ${name}.pid`);
    const commands = [`echo $$ > "${pidFile}"`, deliverFrames(count), 'exec sleep 1000'];
    const ffmpegPath = await writeStandIn(folder, `hangs ${name}`, ...commands);
    const { frames, failure, elapsedMs } = await extract({ ffmpegPath, stallMs: STALL_MS });
    expect(frames).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(failure).toMatchObject({ code: 'DECODER_STALLED', retryable: true });
    expect(elapsedMs).toBeGreaterThanOrEqual(STALL_MS * 0.9);
    expect(await isRunning(await readPid(pidFile))).toBe(false);
  });

  it('is ended with everything that it has started', async () => {
    const pidFile = join(folder, 'grandchild.pid');
    const commands = [`sleep 1000 & echo $! > "${pidFile}"`, 'wait'];
    const ffmpegPath = await writeStandIn(folder, 'has a child', ...commands);
    const { failure } = await extract({ ffmpegPath, stallMs: STALL_MS });
    expect(failure).toMatchObject({ code: 'DECODER_STALLED' });
    await waitUntilGone(await readPid(pidFile));
  });

  it('is ended although it ignores every signal that can be ignored', async () => {
    const pidFile = join(folder, 'stubborn.pid');
    const commands = [`trap '' TERM INT HUP QUIT`, `echo $$ > "${pidFile}"`, 'while :; do sleep 1000; done'];
    const ffmpegPath = await writeStandIn(folder, 'stubborn', ...commands);
    const { failure } = await extract({ ffmpegPath, stallMs: STALL_MS });
    expect(failure).toMatchObject({ code: 'DECODER_STALLED' });
    expect(await isRunning(await readPid(pidFile))).toBe(false);
  });

  it('is not confused with one that waits for a slow consumer', async () => {
    const binaries = { ...(await testBinaries()), stallMs: 1_000 };
    let delivered = 0;
    for await (const frame of extractImages(binaries, TINY_VIDEO, await probe(TINY_VIDEO))) {
      delivered += 1;
      if (frame.frameIndex !== 1) continue;
      const until = performance.now() + 2_500;
      await waitFor(
        async () => (performance.now() > until ? true : undefined),
        10_000,
        'more than the limit to pass',
      );
      // 24 frames of 640x360 are more than pipes and buffers hold: it is still there, and waits.
      expect(await ffmpegChildren()).toHaveLength(1);
    }
    expect(delivered).toBe(24);
  });

  it('does not outlive a worker that is killed', async () => {
    const pidFile = join(folder, 'orphan.pid');
    const commands = [deliverFrames(1), `echo $$ > "${pidFile}"`, 'exec sleep 1000'];
    const ffmpegPath = await writeStandIn(folder, 'orphan', ...commands);
    const env = { ...process.env, FFMPEG_PATH: ffmpegPath, DATA_DIR: folder };
    const worker = spawn(process.execPath, [EXTRACTION_PROCESS, TINY_VIDEO], { env, stdio: 'ignore' });
    const pid = await readPid(pidFile);
    expect(await isRunning(pid)).toBe(true);
    worker.kill('SIGKILL');
    await waitUntilGone(pid);
  });
});

describe('a decoder that ends before its time', () => {
  it.each(['SEGV', 'ABRT', 'KILL', 'XCPU', 'TERM'])('by SIG%s is a crash', async (signal) => {
    const commands = [deliverFrames(2), `kill -${signal} $$`];
    const ffmpegPath = await writeStandIn(folder, `ends by ${signal}`, ...commands);
    const { frames, failure } = await extract({ ffmpegPath });
    expect(frames).toEqual([0, 1]);
    expect(failure).toMatchObject({ code: 'DECODER_CRASHED', retryable: true });
  });

  it('is a crash too when a script that runs it tells of the signal by an exit code', async () => {
    const commands = [deliverFrames(1), `sh -c 'kill -SEGV $$'; exit $?`];
    const ffmpegPath = await writeStandIn(folder, 'wrapper', ...commands);
    expect((await extract({ ffmpegPath })).failure).toMatchObject({ code: 'DECODER_CRASHED' });
  });

  it('because somebody asked it to does not pass for the end of the video', async () => {
    const facts = await probe(TINY_VIDEO);
    const deliver = async () => {
      for await (const { frameIndex } of extractImages(await testBinaries(), TINY_VIDEO, facts)) {
        if (frameIndex !== 1) continue;
        for (const pid of await ffmpegChildren()) process.kill(pid, 'SIGTERM');
      }
    };
    await expect(deliver()).rejects.toMatchObject({ code: 'DECODER_CRASHED' });
  });

  it('takes what it has started along, even if that holds its output open', async () => {
    const pidFile = join(folder, 'left.pid');
    const commands = [deliverFrames(1), `sleep 1000 & echo $! > "${pidFile}"`, 'exit 0'];
    const ffmpegPath = await writeStandIn(folder, 'leaves a child', ...commands);
    const { frames, failure } = await extract({ ffmpegPath });
    expect([frames, failure]).toEqual([[0], undefined]);
    await waitUntilGone(await readPid(pidFile));
  });
});

describe('the limits of a decoder', () => {
  it('end one that takes too much memory', async () => {
    const ffmpegPath = await writeStandIn(folder, 'greedy', deliverFrames(1), 'exec tail /dev/zero');
    const { failure } = await extract({ ffmpegPath, confinement: await confinedTo(256 * 1024 ** 2) });
    expect(failure).toMatchObject({ code: 'DECODER_CRASHED', retryable: true });
  });

  it('are not taken for damage of the video when ffmpeg itself is short of memory', async () => {
    const { failure } = await extract({ confinement: await confinedTo(60 * 1024 ** 2) });
    expect(failure).toMatchObject({ code: 'DECODER_CRASHED' });
  });

  it('end one that uses more processor time than all its threads could', async () => {
    const confinement = await confinedTo(1024 ** 3);
    const { program, args } = confinement.wrap('sh', ['-c', 'while :; do :; done'], 1);
    await expect(promisify(execFile)(program, [...args])).rejects.toMatchObject({ signal: 'SIGKILL' });
  });

  it('are those that were set, in a session and a folder of its own', async () => {
    const commands = ['pwd', 'nice', 'ulimit -v; ulimit -c', 'echo $$', `cut -d' ' -f5,6 /proc/$$/stat`];
    const told = join(folder, 'told');
    const script = [`{ ${commands.join('; ')}; } > "${told}"; exec sleep 1000`];
    const ffmpegPath = await writeStandIn(folder, 'tells', ...script);
    const confinement = await confinedTo(512 * 1024 ** 2);
    await extract({ ffmpegPath, confinement, stallMs: STALL_MS });
    const { stdout } = await promisify(execFile)('cat', [told]);
    const [directory, niceness, kibibytes, core, pid, groupAndSession] = stdout.trim().split('\n');
    expect([directory, kibibytes, core]).toEqual([folder, String(512 * 1024), '0']);
    expect(Number(niceness)).toBeGreaterThanOrEqual(5);
    expect(groupAndSession).toBe(`${pid} ${pid}`);
  });

  it('are done without where the tools are missing, which is told once', async () => {
    const { ffmpegPath, ffprobePath } = await testBinaries();
    const locate = async (program: string): Promise<string> =>
      (await promisify(execFile)('sh', ['-c', 'command -v "$0"', program])).stdout.trim();
    const paths = { FFMPEG_PATH: await locate(ffmpegPath), FFPROBE_PATH: await locate(ffprobePath) };
    const lines = await extractElsewhere({ ...paths, PATH: folder });
    const frames = Array.from({ length: 24 }, (_, index) => String(index));
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual(frames);
    const logged = lines.filter((line) => line.startsWith('{')).map((line): unknown => JSON.parse(line));
    const missing = ['setpriv', 'prlimit', 'nice'];
    expect(logged).toEqual([
      expect.objectContaining({ level: 30, missing, msg: expect.stringContaining('util-linux') }),
    ]);
  });

  it('are told of by no word where nothing is missing', async () => {
    const { ffmpegPath, ffprobePath } = await testBinaries();
    const lines = await extractElsewhere({ FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: ffprobePath });
    expect(lines).toHaveLength(24);
  });
});

describe('an ffprobe that hangs', () => {
  const probeWith = async (...commands: string[]) => {
    const ffprobePath = await writeStandIn(folder, 'ffprobe', ...commands);
    const binaries = { ...(await testBinaries()), ffprobePath, stallMs: STALL_MS };
    return probeVideo(binaries, TINY_VIDEO, WIDE_LIMITS, neverAborted());
  };

  it('is ended', async () => {
    await expect(probeWith('exec sleep 1000')).rejects.toMatchObject({ code: 'DECODER_STALLED' });
    expect(await ffmpegChildren()).toEqual([]);
  });

  it('is not confused with one that reads for a long time without a word', async () => {
    const { ffprobePath } = await testBinaries();
    const reading = 'for i in 1 2 3 4 5 6 7 8 9 10; do read -r line < /proc/version; sleep 0.1; done';
    const probing = await probeWith(reading, `exec "${ffprobePath}" "$@"`);
    expect(probing.media.frameCount).toBe(24);
  });

  it('or crashes is no fault of the video', async () => {
    await expect(probeWith('kill -SEGV $$')).rejects.toMatchObject({ code: 'DECODER_CRASHED' });
  });
});
