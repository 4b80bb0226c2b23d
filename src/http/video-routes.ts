import express, { type Router } from 'express';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { JobFinder } from '../jobs/find-jobs.ts';
import { resolveJobRequest } from '../jobs/job-request.ts';
import { parsePipelineId } from '../jobs/pipeline-ids.ts';
import { progressOf } from '../jobs/job-status.ts';
import type { SubmitVideo } from '../jobs/submit-video.ts';
import type { SpaceGuard } from '../storage/free-space.ts';
import { assertVideoMediaType } from '../uploads/video-media-type.ts';
import { announcedBytes } from './announced-bytes.ts';
import { callerWith } from './caller-of.ts';
import type { OpenResults } from '../results/open-results.ts';
import { receiveFile } from './receive-file.ts';
import { sendSnakeResults } from './send-results.ts';

/** A parameter that is given twice names no pipeline. */
const submitQuerySchema = z.object({ pipeline_id: z.string().catch('').default('yolo_ocr') });

/** Submitting, polling and reading results by plain HTTP, over the same functions as GraphQL. */
export function createVideoRoutes(deps: {
  config: Config;
  submitVideo: SubmitVideo;
  jobs: JobFinder;
  openResults: OpenResults;
  space: SpaceGuard;
}): Router {
  const { config, submitVideo, jobs, openResults, space } = deps;
  const router = express.Router();

  router.post('/submit', async (request, response) => {
    const { owner } = callerWith('submit', request);
    const { pipeline_id: pipelineId } = submitQuerySchema.parse(request.query);
    const jobRequest = resolveJobRequest({ pipelineId: parsePipelineId(pipelineId, 'pipeline_id') });
    await space.assertRoom(announcedBytes(request, config.MAX_UPLOAD_BYTES));
    const job = await receiveFile(
      request,
      { field: 'file', maxBytes: config.MAX_UPLOAD_BYTES },
      async ({ filename, mediaType, bytes }) => {
        assertVideoMediaType(mediaType);
        return submitVideo(owner, jobRequest, { filename, bytes });
      },
    );
    response.json({ job_id: job.jobId });
  });

  router.get('/status/:jobId', async (request, response) => {
    const { owner } = callerWith('read', request);
    const job = await jobs.findStatus(owner, request.params.jobId);
    response.json({
      job_id: job.jobId,
      status: job.status,
      progress: progressOf(job.status),
      created_at: job.createdAt,
      updated_at: job.updatedAt,
    });
  });

  router.get('/results/:jobId', async (request, response) => {
    const { owner } = callerWith('read', request);
    await sendSnakeResults(request, response, await openResults(owner, request.params.jobId));
  });

  return router;
}
