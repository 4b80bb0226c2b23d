import { describe, expect, it } from '@jest/globals';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { resultsIndexKey, resultsKey } from '../../../src/results/results-keys.ts';
import { createDiscardOutput } from '../../../worker/discard-output.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';

const services = useTestServices();

/** A job of that status whose results lie in storage, and whether they are still there after the discarding. */
async function discardFor(status: string | null): Promise<boolean[]> {
  const { submitVideo, storage, dataSource } = services();
  const source = { filename: 'a.mp4', bytes: videoBytes() };
  const { jobId } = await submitVideo('ann', resolveJobRequest({ pipelineId: 'yolo_ocr' }), source);
  const files = [resultsKey(jobId), resultsIndexKey(resultsKey(jobId))];
  for (const key of files) await storage.save(key, videoBytes());
  if (status === null) await dataSource.query('DELETE FROM jobs WHERE job_id = $1', [jobId]);
  else await dataSource.query('UPDATE jobs SET status = $2 WHERE job_id = $1', [jobId, status]);
  await createDiscardOutput({ dataSource, storage })(jobId);
  return Promise.all(files.map((key) => storage.exists(key)));
}

describe('what an attempt stored for a job that it lost', () => {
  it.each([['canceled'], [null]])('is removed when the job is %s', async (status) => {
    expect(await discardFor(status)).toEqual([false, false]);
  });

  it.each([['running'], ['pending'], ['completed'], ['failed']])(
    'is left alone when the job is %s: it may be a later attempt’s',
    async (status) => {
      expect(await discardFor(status)).toEqual([true, true]);
    },
  );
});
