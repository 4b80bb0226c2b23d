import { AppError } from '../errors.ts';
import { type AnalysisOptions } from './analysis-options.ts';
import type { OcrLanguage } from './ocr-languages.ts';
import { resolveAnalysisOptions } from './resolve-analysis-options.ts';
import { parsePipelineId, type PipelineId } from './pipeline-ids.ts';

/** Limits of what a submission says beside its analysis options. */
export const JOB_REQUEST_LIMITS = {
  maxPriority: 9,
  maxTags: 10,
  maxTagLength: 50,
  maxIdempotencyKeyLength: 200,
} as const;

/** A validated request for a job. */
export interface JobRequest {
  pipelineId: PipelineId;
  options: AnalysisOptions;
  /** 0..9 */
  priority: number;
  tags: string[];
  idempotencyKey: string | null;
}

/** A request as a client gave it. */
export interface GivenJobRequest {
  pipelineId: string;
  options?: Parameters<typeof resolveAnalysisOptions>[0] | null | undefined;
  priority?: number | null | undefined;
  tags?: readonly string[] | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/**
 * Fills in the defaults and checks the limits, and that the languages are among the `known` ones: the bundled ones unless
 * told otherwise.
 * @throws AppError UNKNOWN_PIPELINE, INVALID_ARGUMENT with its path.
 */
export function resolveJobRequest(given: GivenJobRequest, known?: readonly OcrLanguage[]): JobRequest {
  const { maxPriority, maxTags, maxTagLength, maxIdempotencyKeyLength } = JOB_REQUEST_LIMITS;
  const priority = given.priority ?? 0;
  if (!(Number.isInteger(priority) && priority >= 0 && priority <= maxPriority)) {
    throw outOfLimits(
      'priority',
      `priority must be a whole number from 0 to ${maxPriority}.`,
      maxPriority,
      0,
    );
  }
  const tags = [...new Set(given.tags ?? [])];
  if (tags.length > maxTags) throw outOfLimits('tags', `Give at most ${maxTags} tags.`, maxTags, 0);
  for (const [index, tag] of tags.entries()) {
    if (isPlainText(tag, maxTagLength)) continue;
    throw outOfLimits(
      `tags[${index}]`,
      `A tag must be 1 to ${maxTagLength} characters long, without control characters.`,
      maxTagLength,
      1,
    );
  }
  const idempotencyKey = given.idempotencyKey ?? null;
  if (idempotencyKey !== null && !isPlainText(idempotencyKey, maxIdempotencyKeyLength)) {
    throw outOfLimits(
      'idempotencyKey',
      `An idempotency key must be 1 to ${maxIdempotencyKeyLength} characters long, without control characters.`,
      maxIdempotencyKeyLength,
      1,
    );
  }
  return {
    pipelineId: parsePipelineId(given.pipelineId),
    options: resolveAnalysisOptions(given.options ?? {}, known),
    priority,
    tags,
    idempotencyKey,
  };
}

/** Control characters have no place in words that people read, and Postgres refuses NUL. */
function isPlainText(text: string, maxLength: number): boolean {
  return text.length >= 1 && text.length <= maxLength && !/\p{Cc}/u.test(text) && text.isWellFormed();
}

function outOfLimits(argument: string, message: string, max: number, min: number): AppError {
  return new AppError('INVALID_ARGUMENT', message, { details: { argument, min, max } });
}
