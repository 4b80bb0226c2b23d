import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../src/errors.ts';

const MAX_RESULTS_BYTES = 256 * 1024 ** 2;

const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const resultsSchema = z.object({
  results: z.array(
    z.object({
      frameIndex: z.number(),
      timestampMs: z.number(),
      detections: z.array(z.object({ label: z.string(), confidence: z.number(), box, trackId: z.number() })),
      texts: z.array(z.object({ text: z.string(), confidence: z.number(), box })),
    }),
  ),
});

/** The part of a results document that annotated frames are drawn from. */
export type DrawableResults = z.infer<typeof resultsSchema>;

/**
 * Reads a results document as a whole. The service never does so, because documents grow with their video; the demo
 * draws one video's results and refuses files that would fill the memory.
 * @throws AppError INVALID_ARGUMENT when the file cannot be read, is no results document or is above 256 MiB.
 */
export async function readResultsFile(path: string): Promise<DrawableResults> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw unreadable('cannot be read. Give the path of a results JSON file.', error);
  });
  if (size > MAX_RESULTS_BYTES) {
    throw unreadable('is larger than 256 MiB. Draw the frames of a shorter video.', undefined);
  }
  try {
    return resultsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw unreadable('is not the results document of a completed job. Give the path of one.', error);
  }
}

function unreadable(complaint: string, cause: unknown): AppError {
  return new AppError('INVALID_ARGUMENT', `The results file ${complaint}`, { cause });
}
