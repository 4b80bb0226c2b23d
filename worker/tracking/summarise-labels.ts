import type { LabelSummary, ObjectTrack } from '../../src/results/results-document.ts';

/** Sums up tracks by label: most tracks first. */
export function summariseLabels(tracks: readonly ObjectTrack[]): LabelSummary[] {
  const labels = Map.groupBy(tracks, (track) => track.label);
  return [...labels]
    .map(([label, ofLabel]) => ({
      label,
      trackCount: ofLabel.length,
      detectionCount: ofLabel.reduce((sum, track) => sum + track.sampleCount, 0),
      firstSeenMs: ofLabel.reduce((least, track) => Math.min(least, track.firstSeenMs), Infinity),
      lastSeenMs: ofLabel.reduce((most, track) => Math.max(most, track.lastSeenMs), 0),
      bestConfidence: ofLabel.reduce((best, track) => Math.max(best, track.bestConfidence), 0),
    }))
    .toSorted((a, b) => b.trackCount - a.trackCount || a.label.localeCompare(b.label, 'en'));
}
