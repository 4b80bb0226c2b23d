import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { type FrameRange, seekTimeMs } from './frame-range.ts';
import { toFileUrl, type VideoFacts } from './probe-video.ts';
import { hasSegmentIndex, openWithoutSegmentIndex } from './segment-index.ts';
import type { FfmpegRequest } from './start-ffmpeg.ts';
import type { PixelSize } from './video-stream.ts';

/**
 * The video as ffmpeg's input, from a little before the range. The forced demuxer and the only permitted protocol keep
 * a file from making ffmpeg open something else.
 */
export async function openVideo(
  binaries: FfmpegBinaries,
  filePath: string,
  facts: VideoFacts,
  range: FrameRange,
): Promise<FfmpegRequest['inputs'][number]> {
  const masked = binaries.misreadsSegmentIndex && (await hasSegmentIndex(filePath));
  const bounds = [
    '-max_pixels',
    String(facts.maxFramePixels),
    '-protocol_whitelist',
    masked ? 'pipe' : 'file',
  ];
  // What is read through a pipe cannot be sought in: there, only the filter finds the range.
  const seek = masked ? [] : seekOptions(facts, range);
  return {
    source: masked ? openWithoutSegmentIndex(filePath) : toFileUrl(filePath),
    options: ['-copyts', ...bounds, ...seek, '-f', 'mov'],
  };
}

/**
 * Spares ffmpeg what lies long before the range. Which frames are delivered does not depend on it: ffmpeg must not cut
 * anything away on its own account.
 */
function seekOptions(facts: VideoFacts, { from }: FrameRange): string[] {
  const seekMs = from === 0 ? null : seekTimeMs(facts.seekPoints, facts.presentationTimesMs[from] ?? 0);
  if (seekMs === null) return [];
  return ['-seek_timestamp', '1', '-noaccurate_seek', '-ss', (seekMs / 1000).toFixed(6)];
}

/**
 * The options of an output of raw pictures, of the frames that pass `filters`, with a line of the log for each. They are
 * of one size, because raw pictures can only be cut apart when none differs, even if the video changes midway.
 */
export function rawFrames(
  binaries: FfmpegBinaries,
  facts: VideoFacts,
  filters: readonly string[],
  { width, height }: PixelSize,
): string[] {
  const chain = [...filters, 'showinfo', `scale=${width}:${height}`].join(',');
  const format = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-threads', '1'];
  return ['-map', `0:${facts.streamIndex}`, '-vf', chain, ...binaries.passthroughOptions, ...format];
}
