import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { MAX_QUEUE_POSITION } from '../../../src/jobs/job-view.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';

const services = useTestServices();
const submit = async (owner: string, priority = 0) => {
  const request = resolveJobRequest({ pipelineId: 'yolo_ocr', priority });
  return (await services().submitVideo(owner, request, { filename: 'a.mp4', bytes: videoBytes() })).jobId;
};

afterEach(async () => {
  const { dataSource, queue } = services();
  for (const { jobId } of await dataSource.manager.find(JobEntity)) await queue.remove(jobId);
  await dataSource.manager.createQueryBuilder().delete().from(JobEntity).execute();
});

/** Runs `work` and resolves to the statements that it sent to the database. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const { dataSource } = services();
  const sent: string[] = [];
  const query = dataSource.query.bind(dataSource);
  dataSource.query = (async (text: string, values?: unknown[]) => {
    sent.push(text);
    return query(text, values);
  }) as typeof dataSource.query;
  try {
    await work();
  } finally {
    dataSource.query = query;
  }
  return sent;
}

describe('statuses', () => {
  it('are read by one query, in the order of the ids, also for ids that come twice', async () => {
    const [first, second] = [await submit('ann'), await submit('ann')];
    const ids = [second, randomUUID(), first, second.toUpperCase()];
    let found: unknown[] = [];
    const sent = await statementsOf(async () => {
      found = await services().jobs.findStatuses('ann', ids);
    });
    expect(sent).toHaveLength(1);
    expect(found).toMatchObject([{ jobId: second }, null, { jobId: first }, { jobId: second }]);
  });

  it('of one owner are unknown to another', async () => {
    const jobId = await submit('ann');
    expect(await services().jobs.findStatuses('bob', [jobId])).toEqual([null]);
    const unknown = { code: 'JOB_NOT_FOUND' };
    await expect(services().jobs.findStatus('bob', jobId)).rejects.toMatchObject(unknown);
    await expect(services().jobs.findJob('bob', jobId)).rejects.toMatchObject(unknown);
    expect(await services().jobs.findStatus('ann', jobId)).toMatchObject({ jobId, owner: 'ann' });
  });

  it('asked for one by one at the same time share a query, each caller seeing only its own', async () => {
    const [ann, bob] = [await submit('ann'), await submit('bob')];
    const { jobs } = services();
    const outcomes: unknown[] = [];
    const sent = await statementsOf(async () => {
      outcomes.push(
        ...(await Promise.allSettled([
          jobs.findStatus('ann', ann),
          jobs.findStatus('bob', bob),
          jobs.findStatus('bob', ann),
          jobs.findStatus('ann', ann),
        ])),
      );
    });
    expect(sent).toHaveLength(1);
    expect(outcomes).toMatchObject([
      { value: { jobId: ann } },
      { value: { jobId: bob } },
      { reason: { code: 'JOB_NOT_FOUND' } },
      { value: { jobId: ann } },
    ]);
  });

  it.each([
    ['too many ids', () => Array.from({ length: 101 }, () => randomUUID()), 'jobIds'],
    ['an id that is no UUID', () => [randomUUID(), 'x'], 'jobIds[1]'],
  ])('are refused for %s', async (_what, ids, argument) => {
    await expect(services().jobs.findStatuses('ann', ids())).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { argument },
    });
  });
});

describe('the queue position', () => {
  it('counts what the queue delivers before: higher priorities of any owner, then earlier jobs', async () => {
    const low = await submit('ann', 0);
    const later = await submit('bob', 0);
    const high = await submit('bob', 5);
    const position = async (owner: string, jobId: string) =>
      (await services().jobs.findStatus(owner, jobId)).queuePosition;
    expect([await position('ann', low), await position('bob', later), await position('bob', high)]).toEqual([
      2, 3, 1,
    ]);

    const delivered: (string | undefined)[] = [];
    for (let entry = await services().queue.dequeue(); entry; entry = await services().queue.dequeue()) {
      delivered.push(entry.jobId);
    }
    expect(delivered).toEqual([high, low, later]);
  });

  it('is null for a job that does not wait, and no greater than its limit', async () => {
    const jobId = await submit('ann');
    await services().dataSource.query(
      `INSERT INTO jobs (job_id, pipeline_id, options, input_path, original_filename, size_bytes, sha256, priority)
        SELECT gen_random_uuid(), 'yolo_ocr', '{}', 'x', 'x', 1, '', 9 FROM generate_series(1, $1::int)`,
      [MAX_QUEUE_POSITION + 5],
    );
    expect(await services().jobs.findStatus('ann', jobId)).toMatchObject({
      queuePosition: MAX_QUEUE_POSITION,
    });
    await services().cancelJob('ann', jobId);
    expect(await services().jobs.findStatus('ann', jobId)).toMatchObject({ queuePosition: null });
  });
});
