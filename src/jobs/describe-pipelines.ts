import { ANALYSIS_OPTIONS, type AnalysisOptionDescription } from './analysis-option-descriptions.ts';
import type { OcrLanguage } from './ocr-languages.ts';
import { PIPELINE_IDS, type PipelineId } from './pipeline-ids.ts';

/** A pipeline as clients get to know it. */
export interface PipelineDescription {
  id: PipelineId;
  description: string;
  options: readonly AnalysisOptionDescription[];
}

const DESCRIPTIONS: Readonly<Record<PipelineId, string>> = {
  yolo_ocr:
    'Samples frames, detects objects and reads text on them, and follows both over time: object tracks and text segments.',
};

/** Every pipeline with the options it takes, on a service that knows these languages. */
export function describePipelines(known: readonly OcrLanguage[]): PipelineDescription[] {
  const languages = {
    ...ANALYSIS_OPTIONS.languages,
    description: `Languages of the text, the main one first and each once, of: ${known.join(', ')}`,
  };
  return PIPELINE_IDS.map((id) => ({
    id,
    description: DESCRIPTIONS[id],
    options: Object.values({ ...ANALYSIS_OPTIONS, languages }),
  }));
}
