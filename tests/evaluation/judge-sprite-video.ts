import { judgeTracker, TRACKERS } from './judge-tracker.ts';
import { type Glide, makeSpriteVideo, VIDEO_SIZE } from './make-sprite-video.ts';
import { detectFrames } from './track-real-video.ts';
import type { TrackingScore } from './tracking-metrics.ts';

/** Scores of the tracker that Foregsyte had before, and of the one it has, on the same detections. */
export interface ComparedScores {
  samplesPerSecond: number;
  old: TrackingScore;
  new: TrackingScore;
}

/** Makes a video of photographed people at `path`, detects them with the default model, and judges both trackers. */
export async function judgeSpriteVideo(
  glides: readonly Glide[],
  path: string,
  rates: readonly number[],
): Promise<ComparedScores[]> {
  const sprites = await makeSpriteVideo(glides, path);
  const compared: ComparedScores[] = [];
  for (const samplesPerSecond of rates) {
    const detected = await detectFrames(path, samplesPerSecond);
    const frames = detected.map(({ frameIndex, timestampMs, detections }) => ({
      frameIndex,
      timestampMs,
      detections,
      truth: sprites.flatMap((sprite, index) => {
        const box = sprite.boxAt(timestampMs / 1000);
        return box === undefined ? [] : [{ id: index + 1, box }];
      }),
    }));
    compared.push({
      samplesPerSecond,
      old: judgeTracker(TRACKERS.old(), frames),
      new: judgeTracker(TRACKERS.new(VIDEO_SIZE), frames),
    });
  }
  return compared;
}
