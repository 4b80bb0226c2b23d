import { afterAll, describe, expect, it } from '@jest/globals';
import { extractFrames } from '../../../worker/frames/extract-frames.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { gather } from '../../helpers/gather.ts';
import { deliverFrames, writeStandIn } from '../../helpers/stand-in.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, probe, testBinaries, TINY_VIDEO } from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();
afterAll(waitUntilNoFfmpeg);

/** The test's own deadline comes long before. */
const STALL_MS = 60_000;
const DEADLINE_MS = 20_000;
const form = { pixels: 'rgb24', fit: 'stretch', width: 64, height: 36 } as const;
const pictures = [
  { ...form, name: 'one' },
  { ...form, name: 'two' },
  { ...form, name: 'three' },
];
const FRAME_BYTES = 64 * 36 * 3;
/** Writes more and more until nobody reads it any longer, and the pipe is full. */
const fill = (descriptor: number): string[] => [
  `cat /dev/zero >&${descriptor} &`,
  'while now=$(grep wchar /proc/$!/io); [ "$now" != "$before" ]; do before=$now; sleep 0.2; done',
];

describe('a decoder that crashes when one of its outputs is ahead of the others', () => {
  it.each([
    ['first', 1],
    ['second', 3],
    ['third', 4],
  ])(
    'has crashed, instead of waiting for a reader: the %s',
    async (name, descriptor) => {
      const commands = [
        deliverFrames(1),
        `head -c ${FRAME_BYTES} /dev/zero >&3`,
        `head -c ${FRAME_BYTES} /dev/zero >&4`,
        ...fill(descriptor),
        'kill -SEGV $$',
      ];
      const ffmpegPath = await writeStandIn(folder, name, ...commands);
      const binaries = { ...(await testBinaries()), ffmpegPath, stallMs: STALL_MS };
      const options = { samplesPerSecond: Infinity, maxFrames: 100, maxSeconds: 60, signal: neverAborted() };
      const facts = await probe(TINY_VIDEO);
      const frames = extractFrames(binaries, TINY_VIDEO, facts, { ...options, pictures });
      await expect(gather(frames)).rejects.toMatchObject({ code: 'DECODER_CRASHED' });
    },
    DEADLINE_MS,
  );
});
