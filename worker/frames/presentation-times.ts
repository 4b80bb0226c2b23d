import { AppError } from '../../src/errors.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { type FfprobeBounds, runFfprobe } from './run-ffprobe.ts';

/** Far above what a video within the duration limit holds; it bounds the memory that a made-up index can take. */
const MAX_PACKETS = 20_000_000;
const MAX_LINE_CHARACTERS = 1_000;

/** Keyframes, in the order of decoding, at which decoding can begin; both times in milliseconds. */
export interface SeekPoints {
  presentationTimesMs: Float64Array;
  decodingTimesMs: Float64Array;
}

/** What the index of a video track tells of its frames. */
export interface FrameTimes {
  /** Presentation times in milliseconds, ascending: a frame's rank is its index in the video. Never empty. */
  presentationTimesMs: Float64Array;
  /** When the last of them to end does, in milliseconds. */
  endMs: number;
  /** How many frames the file really holds, those that an edit list cuts away included. */
  listedFrames: number;
  seekPoints: SeekPoints;
}

/**
 * Lists when a track's frames are presented, and which of them are keyframes. Nothing is decoded, and packets that an
 * edit list cuts away are left out.
 * @throws AppError INVALID_VIDEO when the track has no frames, VIDEO_TOO_LONG when it has absurdly many.
 */
export async function listFrameTimes(
  binaries: FfmpegBinaries,
  fileUrl: string,
  streamIndex: number,
  bounds: FfprobeBounds,
): Promise<FrameTimes> {
  const times = createTimeList();
  const keyTimes = createTimeList();
  const keyDecodingTimes = createTimeList();
  let endMs = Number.NEGATIVE_INFINITY;
  let listedFrames = 0;
  const addLine = (line: string): void => {
    const [, seconds, decodingSeconds, duration, flags = ''] =
      /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?|N\/A),([^,]*),([A-Z_]*)/.exec(line) ?? [];
    if (seconds === undefined) return;
    listedFrames += 1;
    if (flags.includes('D')) return;
    times.add(Number(seconds) * 1000);
    endMs = Math.max(endMs, (Number(seconds) + (Number.parseFloat(duration ?? '') || 0)) * 1000);
    if (!flags.includes('K') || decodingSeconds === undefined || decodingSeconds === 'N/A') return;
    keyTimes.add(Number(seconds) * 1000);
    keyDecodingTimes.add(Number(decodingSeconds) * 1000);
  };

  let rest = '';
  const entries = [
    '-select_streams',
    String(streamIndex),
    '-show_entries',
    'packet=pts_time,dts_time,duration_time,flags',
  ];
  const onText = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) addLine(line);
  };
  await runFfprobe(binaries, fileUrl, [...entries, '-of', 'csv=p=0'], onText, bounds);
  addLine(rest);

  const presented = times.values();
  if (presented.length === 0) {
    throw new AppError(
      'INVALID_VIDEO',
      'The video track holds no frames. The file is cut short: export it again and upload it once more.',
    );
  }
  return {
    // Packets come in decoding order; with B-frames that is not the order of presentation.
    presentationTimesMs: presented.toSorted(),
    endMs,
    listedFrames,
    seekPoints: { presentationTimesMs: keyTimes.values(), decodingTimesMs: keyDecodingTimes.values() },
  };
}

/** Millions of numbers without an object for each; at most MAX_PACKETS. */
function createTimeList(): { add(time: number): void; values(): Float64Array } {
  let times = new Float64Array(4_096);
  let count = 0;
  return {
    add(time) {
      if (count === MAX_PACKETS) throw tooManyPackets();
      if (count === times.length) {
        const larger = new Float64Array(count * 2);
        larger.set(times);
        times = larger;
      }
      times[count] = time;
      count += 1;
    },
    values: () => times.subarray(0, count),
  };
}

/** The index of the frame that is presented at `timeMs`: the nearest entry of the ascending `times`. */
export function frameIndexAt(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  const below = times[low - 1];
  const above = times[low];
  return below !== undefined && above !== undefined && timeMs - below < above - timeMs ? low - 1 : low;
}

function tooManyPackets(): AppError {
  return new AppError(
    'VIDEO_TOO_LONG',
    `The video has more than ${MAX_PACKETS} frames, which no analysis can go through. Upload a shorter part of it.`,
    { details: { limit: 'maxPackets', maximum: MAX_PACKETS } },
  );
}
