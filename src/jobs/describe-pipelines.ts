import { ANALYSIS_OPTION_LIMITS } from './analysis-options.ts';
import { PIPELINE_IDS, type PipelineId } from './pipeline-ids.ts';

/** One option of a pipeline. */
export interface PipelineOptionDescription {
  name: string;
  description: string;
  defaultJson: string;
  min: number | null;
  max: number | null;
}

/** A pipeline as clients get to know it. */
export interface PipelineDescription {
  id: PipelineId;
  description: string;
  options: PipelineOptionDescription[];
}

const DESCRIPTIONS: Readonly<Record<PipelineId, string>> = {
  yolo_ocr:
    'Samples frames, detects objects and reads text on them, and follows both over time: object tracks and text segments.',
};

/** Every pipeline with the options it takes. */
export function describePipelines(): PipelineDescription[] {
  return PIPELINE_IDS.map((id) => ({
    id,
    description: DESCRIPTIONS[id],
    options: Object.entries(ANALYSIS_OPTION_LIMITS).map(([name, { min, max, default: preset }]) => ({
      name,
      description: name,
      defaultJson: JSON.stringify(preset),
      min,
      max,
    })),
  }));
}
