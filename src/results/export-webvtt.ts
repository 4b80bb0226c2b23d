import type { ResultsReader, ResultsSummary } from './read-results.ts';
import type { BoundingBox, TextSegment } from './results-document.ts';

/**
 * The text segments as WebVTT (https://www.w3.org/TR/webvtt1/), one cue a segment, in order of start, placed where the
 * text stands in the picture.
 */
export async function* exportWebvtt(reader: ResultsReader): AsyncGenerator<string> {
  const summary = await reader.summary();
  yield 'WEBVTT\n';
  for await (const segments of reader.allTextSegments()) {
    yield segments.map((segment) => toCue(segment, summary)).join('');
  }
}

function toCue(segment: TextSegment, summary: ResultsSummary): string {
  const times = `${formatTime(segment.startMs)} --> ${formatTime(endOf(segment, summary))}`;
  return `\n${times} ${formatPlace(segment.box)}\n${escapeText(segment.text)}\n`;
}

/**
 * A segment ends at the last sample that shows it, but the text stood until some time before the next one. So a cue
 * lasts one sampling interval longer, at most to the end of the video. Where changes were sampled too, the next one is
 * most often the next frame.
 */
function endOf({ startMs, endMs }: TextSegment, { models, media }: ResultsSummary): number {
  const { mode = 'uniform', samplesPerSecond } = models.sampling;
  const rate = mode === 'uniform' ? samplesPerSecond : Math.max(samplesPerSecond, media.framesPerSecond);
  const intervalMs = Math.max(1, Math.round(1000 / rate));
  const nextMs = Math.max(startMs, endMs) + intervalMs;
  return media.durationMs > Math.max(startMs, endMs) ? Math.min(nextMs, media.durationMs) : nextMs;
}

/** `line` is the top edge and, with `align:left`, `position` the left one. */
function formatPlace(box: BoundingBox): string {
  return `line:${percent(box.y)} position:${percent(box.x)} align:left`;
}

function percent(share: number): string {
  return `${Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 100}%`;
}

function formatTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const hours = String(Math.floor(whole / 3_600_000)).padStart(2, '0');
  const minutes = String(Math.floor(whole / 60_000) % 60).padStart(2, '0');
  const seconds = String(Math.floor(whole / 1000) % 60).padStart(2, '0');
  return `${hours}:${minutes}:${seconds}.${String(whole % 1000).padStart(3, '0')}`;
}

/** Escaped, `-->` cannot end up in a cue; a line break could end the cue, so there is none. */
function escapeText(text: string): string {
  return text
    .replaceAll('\0', '\uFFFD')
    .replaceAll(/\s*[\r\n]\s*/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
