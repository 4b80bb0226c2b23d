import type { ResultsSummary } from './client/read-summary.ts';
import { createTable } from './create-table.ts';

/** The summary of a completed job as tables for a terminal. */
export function formatSummary(summary: ResultsSummary): string {
  const { media, models, timing, labels, warnings, textSegments } = summary;

  const facts = createTable(['Media', '']);
  facts.push(
    ['container', media.container],
    ['video', `${media.videoCodec}, ${media.width}x${media.height}, ${media.framesPerSecond} frames/s`],
    ['duration', `${seconds(media.durationMs)} (${media.frameCount} frames)`],
    ['audio', media.hasAudio ? 'yes (not analysed)' : 'no'],
    ['sampled', `${models.sampling.sampledFrames} frames, ${describeSampling(models.sampling)}`],
    ['detection', `${models.detection.model} ${models.detection.version} on ${models.detection.backend}`],
    ['text', `${models.ocr.engine} ${models.ocr.version}`],
  );

  const objects = createTable(['Label', 'How many', 'First seen', 'Last seen', 'Best confidence']);
  for (const { label, trackCount, firstSeenMs, lastSeenMs, bestConfidence } of labels) {
    objects.push([label, trackCount, seconds(firstSeenMs), seconds(lastSeenMs), percent(bestConfidence)]);
  }

  const texts = createTable(['Text', 'From', 'To', 'Read', 'Found']);
  for (const { text, startMs, endMs, bestConfidence, detectionConfidence } of textSegments.nodes) {
    const found = detectionConfidence === null ? 'unknown' : percent(detectionConfidence);
    texts.push([text, seconds(startMs), seconds(endMs), percent(bestConfidence), found]);
  }

  const stages = createTable(['Stage', 'Time']);
  stages.push(
    ['decode (waiting for frames)', seconds(timing.decodeMs)],
    ['detect (sum of all threads)', seconds(timing.detectMs)],
    ['OCR (sum of all threads)', seconds(timing.ocrMs)],
    ['store', seconds(timing.storeMs)],
    ['whole analysis (wall)', seconds(timing.totalMs)],
  );

  const more = textSegments.totalCount - textSegments.nodes.length;
  return [
    ...warnings.map(({ message }) => `Warning: ${message}`),
    facts.toString(),
    labels.length > 0 ? objects.toString() : 'No objects were detected.',
    textSegments.nodes.length > 0 ? texts.toString() : 'No text was read.',
    ...(more > 0 ? [`... and ${more} more text segments in the results document.`] : []),
    stages.toString(),
  ].join('\n');
}

function describeSampling({ mode, samplesPerSecond }: ResultsSummary['models']['sampling']): string {
  if (mode === 'ALL') return 'all there are';
  return `${samplesPerSecond} a second${mode === 'ADAPTIVE' ? ' and at changes' : ''}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function percent(confidence: number): string {
  return `${(confidence * 100).toFixed(0)} %`;
}
