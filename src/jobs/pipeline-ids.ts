import { AppError } from '../errors.ts';

/**
 * The pipelines a client may ask for. The API process knows their names alone; the worker's registry has a
 * pipeline for each, which the compiler checks.
 */
export const PIPELINE_IDS = ['yolo_ocr'] as const;

/** See PIPELINE_IDS. */
export type PipelineId = (typeof PIPELINE_IDS)[number];

/** `argument` is what the caller calls the id. @throws AppError UNKNOWN_PIPELINE listing the ones there are. */
export function parsePipelineId(id: string, argument = 'pipelineId'): PipelineId {
  const known = PIPELINE_IDS.find((candidate) => candidate === id);
  if (known) return known;
  throw new AppError(
    'UNKNOWN_PIPELINE',
    `There is no such pipeline. Use one of: ${PIPELINE_IDS.join(', ')}.`,
    {
      details: { argument },
    },
  );
}
