import type { FrameResult, MediaInfo } from '../../src/results/results-document.ts';
import type { Pipeline, PipelineProgress } from '../../worker/pipelines/pipeline.ts';
import { frameNumber } from './frame-data.ts';

export const COUNTED_MEDIA: MediaInfo = {
  container: 'mp4',
  videoCodec: 'h264',
  width: 64,
  height: 36,
  durationMs: 400,
  framesPerSecond: 25,
  frameCount: 10,
  hasAudio: false,
};

/** A pipeline that makes frames up instead of decoding any. */
export interface CountingPipeline {
  pipeline: Pipeline & { readonly id: 'yolo_ocr' };
  /** The numbers of the frames that each run has done itself. */
  runs: number[][];
}

/**
 * A pipeline over ten frames, of which each takes a millisecond and the third and the eighth give a warning. What it
 * says of the whole video depends on every frame, as tracks do. `onFrame` is asked before each, and may throw; runs are
 * counted from 1.
 */
export function countingPipeline(
  onFrame: (index: number, run: number) => Promise<void>,
  fingerprint: (run: number) => string = () => 'counting',
): CountingPipeline {
  const runs: number[][] = [];
  const pipeline: CountingPipeline['pipeline'] = {
    id: 'yolo_ocr',
    async run(_filePath, _options, observer) {
      const done: number[] = [];
      const run = runs.push(done);
      const earlier = await observer.onMedia(COUNTED_MEDIA, fingerprint(run));
      const seen: FrameResult[] = [];
      for await (const frame of earlier?.frames ?? []) seen.push(frame);
      const timing = { decodeMs: 0, detectMs: 0, ocrMs: 0, ...earlier?.progress.timing };
      const warnings: PipelineProgress['warnings'] = [...(earlier?.progress.warnings ?? [])];
      for (let index = seen.length; index < COUNTED_MEDIA.frameCount; index += 1) {
        await onFrame(index, run);
        done.push(index);
        timing.detectMs += 1;
        if (index === 2) warnings.push({ code: 'VIDEO_DAMAGED', message: 'The third frame is spoilt.' });
        if (index === 7) warnings.push({ code: 'VIDEO_TRUNCATED', message: 'The eighth frame is short.' });
        const frame = frameNumber(index);
        seen.push(frame);
        await observer.onFrame(frame, { timing: { ...timing }, warnings: [...warnings] });
      }
      return {
        media: COUNTED_MEDIA,
        models: {
          detection: { model: 'm', version: '1', sha256: 'x', backend: 'cpu', minConfidence: 0.5 },
          ocr: { engine: 'e', version: '1', languages: ['eng'], minConfidence: 0.6 },
          sampling: { samplesPerSecond: 25, sampledFrames: seen.length },
          tools: { foregsyte: '0', ffmpeg: '0' },
        },
        labels: [],
        tracks: [],
        textSegments: seen.map(({ timestampMs, texts }) => ({
          text: texts.map(({ text }) => text).join(),
          startMs: timestampMs,
          endMs: timestampMs,
          sampleCount: 1,
          bestConfidence: texts[0]?.confidence ?? 0,
          box: texts[0]?.box ?? { x: 0, y: 0, width: 0, height: 0 },
        })),
        timing,
        warnings,
      };
    },
  };
  return { pipeline, runs };
}
