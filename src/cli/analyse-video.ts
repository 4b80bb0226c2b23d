import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { GraphqlClient } from './graphql-client.ts';

const statusSchema = z.object({
  status: z.enum(['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELED']),
  progress: z.number(),
  errorMessage: z.string().nullable(),
  pollAfterMs: z.number().nullable(),
});

/** How a job stands, as `status` answers. */
export type PolledStatus = z.infer<typeof statusSchema>;

const summarySchema = z.object({
  media: z.object({
    container: z.string(),
    videoCodec: z.string(),
    width: z.number(),
    height: z.number(),
    durationMs: z.number(),
    framesPerSecond: z.number(),
    frameCount: z.number(),
    hasAudio: z.boolean(),
  }),
  models: z.object({
    detection: z.object({ model: z.string(), version: z.string(), backend: z.string() }),
    ocr: z.object({ engine: z.string(), version: z.string() }),
    sampling: z.object({ samplesPerSecond: z.number(), sampledFrames: z.number() }),
  }),
  timing: z.object({
    totalMs: z.number(),
    decodeMs: z.number(),
    detectMs: z.number(),
    ocrMs: z.number(),
    storeMs: z.number(),
  }),
  labels: z.array(
    z.object({
      label: z.string(),
      trackCount: z.number(),
      firstSeenMs: z.number(),
      lastSeenMs: z.number(),
      bestConfidence: z.number(),
    }),
  ),
  textSegments: z.object({
    totalCount: z.number(),
    items: z.array(
      z.object({ text: z.string(), startMs: z.number(), endMs: z.number(), bestConfidence: z.number() }),
    ),
  }),
});

/** What the summary of a completed job shows. */
export type ResultsSummary = z.infer<typeof summarySchema>;

/** Submits the file at `path`; resolves to the job's id. */
export async function submitFile(client: GraphqlClient, path: string): Promise<string> {
  const data = await client.upload(
    'mutation Submit($file: Upload!) { submitVideo(file: $file) { id } }',
    {},
    path,
    z.object({ submitVideo: z.object({ id: z.string() }) }),
  );
  return data.submitVideo.id;
}

/**
 * Polls a job, as often as the service asks for, until it is settled.
 * @throws AppError with the job's own error when it did not complete, or the signal's reason.
 */
export async function pollUntilCompleted(
  client: GraphqlClient,
  jobId: string,
  options: { onStatus: (status: PolledStatus) => void; signal: AbortSignal },
): Promise<void> {
  const query = `query Status($jobId: ID!) {
    status(jobId: $jobId) { status progress errorMessage pollAfterMs }
  }`;
  for (;;) {
    const { status } = await client.request(query, { jobId }, z.object({ status: statusSchema }));
    options.onStatus(status);
    if (status.status === 'COMPLETED') return;
    if (status.pollAfterMs === null) {
      const reason = status.errorMessage ?? `It was ${status.status.toLowerCase()}.`;
      throw new AppError('JOB_NOT_COMPLETED', `The job ended without results. ${reason}`);
    }
    await delay(status.pollAfterMs, undefined, { signal: options.signal });
  }
}

/** Reads what a completed job's summary shows, with the first 100 text segments. */
export async function readSummary(client: GraphqlClient, jobId: string): Promise<ResultsSummary> {
  const query = `query Summary($jobId: ID!) {
    results(jobId: $jobId) {
      media { container videoCodec width height durationMs framesPerSecond frameCount hasAudio }
      models {
        detection { model version backend }
        ocr { engine version }
        sampling { samplesPerSecond sampledFrames }
      }
      timing { totalMs decodeMs detectMs ocrMs storeMs }
      labels { label trackCount firstSeenMs lastSeenMs bestConfidence }
      textSegments(first: 100) { totalCount items: nodes { text startMs endMs bestConfidence } }
    }
  }`;
  const { results } = await client.request(query, { jobId }, z.object({ results: summarySchema }));
  return results;
}
