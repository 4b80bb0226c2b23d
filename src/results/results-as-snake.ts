import type { OpenedResults } from './open-results.ts';

/**
 * The answer of the plain HTTP route for results, as JSON in pieces: `job_id`, `results` (the frames as they stand in
 * the document), `created_at` and `updated_at` of the job (ISO 8601, UTC).
 */
export async function* resultsAsSnake({ job, reader }: OpenedResults): AsyncGenerator<string | Uint8Array> {
  const frames = await reader.openFramesJson();
  try {
    yield `{"job_id":${JSON.stringify(job.jobId)},"results":[\n`;
    yield* frames;
    const times = JSON.stringify({ created_at: job.createdAt, updated_at: job.updatedAt });
    yield `\n],${times.slice(1)}\n`;
  } finally {
    // Its reader may end this generator before the frames have begun to flow.
    frames.destroy();
  }
}
