import { afterAll, describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { FfmpegBinaries } from '../../../worker/frames/ffmpeg-binaries.ts';
import { probeVideo } from '../../../worker/frames/probe-video.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { writeStandIn } from '../../helpers/stand-in.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import {
  extractImages,
  neverAborted,
  probe,
  testBinaries,
  TINY_VIDEO,
  WIDE_LIMITS,
} from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();
afterAll(waitUntilNoFfmpeg);
const run = promisify(execFile);

/** Lets both programs loose on a file: ffprobe as always, and ffmpeg as if ffprobe had found a video in it. */
async function readWithBoth(path: string, binaries: FfmpegBinaries): Promise<void> {
  const probing = probeVideo(binaries, path, WIDE_LIMITS, neverAborted());
  await expect(probing).rejects.toMatchObject({ code: 'INVALID_VIDEO' });
  const frames = extractImages(binaries, path, await probe(TINY_VIDEO));
  await expect(frames.next()).rejects.toMatchObject({ code: 'INVALID_VIDEO' });
}

describe('a playlist that is named .mp4', () => {
  it.each([
    ['ffconcat', (target: string) => `ffconcat version 1.0\nfile '${basename(target)}'\n`],
    [
      'HLS',
      (target: string) =>
        `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://${target}\n#EXT-X-ENDLIST\n`,
    ],
    ['image sequence', (target: string) => `${target}\n`],
  ])('makes nobody open the local file that it names: %s', async (name, playlist) => {
    // A name that demuxers of playlists take for that of a segment.
    const target = join(folder, `${name}.ts`);
    await run('mkfifo', [target]);
    // Opening a pipe for writing takes until somebody opens it for reading.
    let isOpened = false;
    const opening = open(target, 'w').finally(() => (isOpened = true));
    const path = join(folder, `${name}.mp4`);
    await writeFile(path, playlist(target));
    await readWithBoth(path, await testBinaries());
    expect(isOpened).toBe(false);
    const reader = await open(target, 'r');
    await (await opening).close();
    await reader.close();
  });

  it.each(['http', 'tcp'])('makes nobody call the address that it names: %s', async (scheme) => {
    let calls = 0;
    const server = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const path = join(folder, `${scheme}.mp4`);
    await writeFile(path, `#EXTM3U\n#EXTINF:10,\n${scheme}://127.0.0.1:${port}/segment.ts\n#EXT-X-ENDLIST\n`);
    await readWithBoth(path, await testBinaries());
    server.close();
    expect(calls).toBe(0);
  });
});

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const playlists = optionalData('videos/corrupt');
describeWithData('videos/corrupt', 'a playlist of the optional data', () => {
  const traced = canTrace() ? it : it.skip;
  traced.each(['ffconcat_localfile.mp4', 'hls_playlist_localfile.mp4'])(
    'is the only file that is opened (skipped where strace is missing): %s',
    async (name) => {
      const binaries = await testBinaries();
      const log = join(folder, 'opened');
      const calls = 'open,openat,openat2,connect,execve';
      const trace = (program: string): string =>
        `exec strace -f -A -o "${log}" -e trace=${calls} "${program}" "$@"`;
      const ffmpegPath = await writeStandIn(folder, 'ffmpeg-traced', trace(binaries.ffmpegPath));
      const ffprobePath = await writeStandIn(folder, 'ffprobe-traced', trace(binaries.ffprobePath));
      await readWithBoth(join(playlists, name), { ...binaries, ffmpegPath, ffprobePath });
      const told = await readFile(log, 'utf8');
      // Both programs have opened the playlist itself, so the trace does see what they open.
      expect(told.split(name).length - 1).toBeGreaterThanOrEqual(2);
      expect(told).not.toMatch(/hostname|connect\(.*AF_INET/);
    },
  );
});
