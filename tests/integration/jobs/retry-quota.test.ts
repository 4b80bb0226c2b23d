import { afterEach, describe, expect, it } from '@jest/globals';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';

const MAX_WAITING = 3;
const services = useTestServices({ MAX_JOBS_WAITING: String(MAX_WAITING) });
const request = resolveJobRequest({ pipelineId: 'yolo_ocr' });
const overQuota = {
  code: 'QUOTA_EXCEEDED',
  details: { quota: 'jobsWaiting', limit: MAX_WAITING },
};

const submit = async (owner = 'ann') =>
  (await services().submitVideo(owner, request, { filename: 'a.mp4', bytes: videoBytes() })).jobId;
/** Jobs of ann's that she may retry. */
const canceledJobs = async (count: number): Promise<string[]> => {
  const jobIds: string[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const jobId = await submit();
    await services().cancelJob('ann', jobId);
    jobIds.push(jobId);
  }
  return jobIds;
};
const waitingJobs = () =>
  services().dataSource.manager.countBy(JobEntity, { owner: 'ann', status: 'pending' });

afterEach(async () => {
  for (const { owner, jobId } of await services().dataSource.manager.find(JobEntity)) {
    await services().deleteJob(owner, jobId);
  }
});

describe('retryJob of an owner who has as many jobs waiting as allowed', () => {
  it('is refused, and the job stays as it is, until one of them waits no more', async () => {
    const [jobId = ''] = await canceledJobs(1);
    const waiting = await Promise.all([submit(), submit(), submit()]);
    await submit('bob');
    await expect(services().retryJob('ann', jobId)).rejects.toMatchObject(overQuota);
    expect(await services().jobs.findJob('ann', jobId)).toMatchObject({ status: 'canceled' });
    expect(await services().queue.size()).toBe(MAX_WAITING + 1);
    await services().deleteJob('ann', waiting[0]);
    expect(await services().retryJob('ann', jobId)).toMatchObject({ status: 'pending' });
  });

  it('is refused to all but as many as there is room for, when several come at once', async () => {
    const jobIds = await canceledJobs(8);
    await submit();
    const outcomes = await Promise.allSettled(jobIds.map((jobId) => services().retryJob('ann', jobId)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(6);
    for (const { reason } of refused) expect(reason).toMatchObject(overQuota);
    expect(await waitingJobs()).toBe(MAX_WAITING);
  });

  it('says of a job that cannot be tried again just that', async () => {
    const [jobId] = await Promise.all([submit(), submit(), submit()]);
    await expect(services().retryJob('ann', jobId)).rejects.toMatchObject({ code: 'JOB_NOT_RETRYABLE' });
  });
});
