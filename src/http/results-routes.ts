import express, { type Router } from 'express';
import type { OpenResults } from '../results/open-results.ts';
import { RESULTS_FORMAT_INFO, RESULTS_FORMATS } from '../results/results-formats.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { callerWith } from './caller-of.ts';
import { sendResults } from './send-results.ts';

/** `/results/{job id}/{file}`: the whole results of a completed job, in each of its formats. */
export function createResultsRoutes(deps: { openResults: OpenResults; storage: StorageService }): Router {
  const { openResults, storage } = deps;
  const send = sendResults({ storage });
  const router = express.Router();
  for (const format of RESULTS_FORMATS) {
    router.get(`/:jobId/${RESULTS_FORMAT_INFO[format].fileName}`, async (request, response) => {
      const { owner } = callerWith('read', request);
      await send(request, response, await openResults(owner, request.params.jobId), format);
    });
  }
  return router;
}
