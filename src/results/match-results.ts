import { foldText } from './fold-text.ts';
import type { BoundingBox, FrameResult, ObjectTrack, TextSegment } from './results-document.ts';
import { isGiven, type ObjectFilter, type TextSegmentFilter } from './results-filter.ts';

/** The item, or the part of it that matches; undefined when nothing of it does. */
export type Narrow<T> = (item: T) => T | undefined;

/**
 * Narrows frames to the detections and texts that match: undefined when the filter asks for nothing within frames.
 * Texts have no label, so none match when labels are given. The reader chooses by the time at which items begin.
 */
export function narrowFrames(filter: ObjectFilter): Narrow<FrameResult> | undefined {
  if (!isGiven(filter.labels) && !isGiven(filter.minConfidence) && !isGiven(filter.region)) return undefined;
  const hasLabel = matchLabel(filter.labels);
  const stands = matchPlace(filter);
  const wantsTexts = !isGiven(filter.labels);
  return (frame) => {
    const detections = frame.detections.filter(
      ({ label, confidence, box }) => hasLabel(label) && stands(confidence, box),
    );
    const texts = wantsTexts ? frame.texts.filter(({ confidence, box }) => stands(confidence, box)) : [];
    if (detections.length === 0 && texts.length === 0) return undefined;
    return { ...frame, detections, texts };
  };
}

/** Matches tracks by label, best confidence, the box of the best confidence, and last sight; see narrowFrames. */
export function narrowTracks(filter: ObjectFilter): Narrow<ObjectTrack> | undefined {
  if (Object.values(filter).every((value) => !isGiven(value))) return undefined;
  const hasLabel = matchLabel(filter.labels);
  const stands = matchPlace(filter);
  return (track) =>
    hasLabel(track.label) &&
    stands(track.bestConfidence, track.bestBox) &&
    track.lastSeenMs >= (filter.fromMs ?? 0)
      ? track
      : undefined;
}

/** Matches text segments by what they say, best confidence, the box of the best reading, and end; see narrowFrames. */
export function narrowTextSegments(filter: TextSegmentFilter): Narrow<TextSegment> | undefined {
  if (Object.values(filter).every((value) => !isGiven(value))) return undefined;
  const wanted = foldText(filter.contains ?? '');
  const stands = matchPlace(filter);
  return (segment) =>
    stands(segment.bestConfidence, segment.box) &&
    segment.endMs >= (filter.fromMs ?? 0) &&
    (wanted === '' || foldText(segment.text).includes(wanted))
      ? segment
      : undefined;
}

function matchLabel(labels: ObjectFilter['labels']): (label: string) => boolean {
  if (!isGiven(labels)) return () => true;
  const wanted = new Set(labels);
  return (label) => wanted.has(label);
}

function matchPlace({ minConfidence, region }: Pick<ObjectFilter, 'minConfidence' | 'region'>) {
  return (confidence: number, box: BoundingBox): boolean =>
    confidence >= (minConfidence ?? 0) && (!isGiven(region) || haveCommonArea(box, region));
}

/** Boxes that only touch have no area in common. */
function haveCommonArea(a: BoundingBox, b: BoundingBox): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0;
}
