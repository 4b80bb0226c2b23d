import { productVersion } from '../../src/config.ts';
import type { AnalysisOptions } from '../../src/jobs/analysis-options.ts';
import type { LanguageData, Provenance } from '../../src/results/results-document.ts';
import type { ObjectDetector } from '../detection/object-detector.ts';
import type { FfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import type { TextReader } from '../ocr/text-reader.ts';

/** What makes the results of a run with these engines, data of languages and options. */
export function describeRun(
  deps: { binaries: FfmpegBinaries; detector: ObjectDetector; textReader: TextReader },
  options: AnalysisOptions,
  languageData: readonly LanguageData[],
  sampledFrames: number,
): Provenance {
  const { model, version, sha256, backend } = deps.detector.info;
  const { minConfidence, labels, minTextConfidence, languages } = options;
  const { sampling: mode, samplesPerSecond, startMs, endMs, reuseUnchanged, reuseThreshold } = options;
  return {
    detection: { model, version, sha256, backend, minConfidence, labels },
    ocr: {
      ...deps.textReader.info,
      languages,
      languageData: [...languageData],
      minConfidence: minTextConfidence,
    },
    sampling: { mode, samplesPerSecond, sampledFrames, startMs, endMs },
    reuse: { unchanged: reuseUnchanged, threshold: reuseThreshold },
    tools: { foregsyte: productVersion, ffmpeg: deps.binaries.ffmpegVersion },
  };
}
