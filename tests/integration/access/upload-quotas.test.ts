import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from '@jest/globals';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';

const services = useTestServices({ MAX_JOBS_WAITING: '101' });
const request = resolveJobRequest({ pipelineId: 'yolo_ocr' });
const begin = (owner = 'ann') =>
  services().uploads.begin({ uploadId: randomUUID(), owner, filename: 'a.mp4', sizeBytes: 1 });
const makeRows = (count: number) =>
  services().dataSource.query(
    `INSERT INTO uploads (upload_id, owner, filename, size_bytes, expires_at)
      SELECT gen_random_uuid(), 'ann', 'a.mp4', 1, now() + interval '1 hour' FROM generate_series(1, $1)`,
    [count],
  );
const refusal = {
  code: 'QUOTA_EXCEEDED',
  message: expect.stringMatching(/^101 of your uploads .* delete .* or wait until they expire\.$/),
  details: { quota: 'uploadsWaiting', limit: 101 },
};

afterEach(async () => {
  await services().dataSource.query('DELETE FROM uploads');
});

it('quotas bound the uploads that wait for their jobs, exactly, also when many begin at once', async () => {
  await makeRows(98);
  const five = await Promise.allSettled([1, 2, 3, 4, 5].map(() => begin()));
  const refused = five.filter((one) => one.status === 'rejected');
  expect(refused.map(({ reason }) => reason)).toEqual([
    expect.objectContaining(refusal),
    expect.objectContaining(refusal),
  ]);
  expect((await begin('bob')).owner).toBe('bob');
});

it('quotas bound whole uploads and videos that come with their job as well, and leave room again once one is gone', async () => {
  await makeRows(100);
  const last = await begin();
  const { uploads, submitVideo } = services();
  await expect(uploads.store('ann', 'a.mp4', videoBytes())).rejects.toMatchObject(refusal);
  let read = false;
  async function* unread() {
    read = true;
    yield* videoBytes();
  }
  const file = { filename: 'a.mp4', bytes: unread() };
  await expect(submitVideo('ann', request, file)).rejects.toMatchObject(refusal);
  // Whoever is over the quota does not send the file in vain.
  expect(read).toBe(false);
  await uploads.remove(last.uploadId);
  expect((await uploads.store('ann', 'a.mp4', videoBytes())).owner).toBe('ann');
});
