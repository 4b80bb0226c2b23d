import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SELECT_PACE } from '../../../src/jobs/poll-advice.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const JOBS = 20_000;
const services = useTestServices();

beforeAll(async () => {
  // Every job took 10 s, but for the latest 20, which took 2 s.
  await services().dataSource.query(
    `INSERT INTO jobs (job_id, owner, status, pipeline_id, options, input_path, original_filename, size_bytes, sha256,
        started_at, finished_at)
      SELECT gen_random_uuid(), 'ann', 'completed', 'yolo_ocr', '{}', 'x', 'a.mp4', 1, '',
        ended - CASE WHEN n > $1::int - 20 THEN interval '2 seconds' ELSE interval '10 seconds' END, ended
      FROM generate_series(1, $1::int) AS n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 second') AS e (ended)`,
    [JOBS],
  );
  await services().dataSource.query('VACUUM ANALYZE jobs');
}, 60_000);

const blocksSchema = z.object({
  'Shared Hit Blocks': z.number(),
  'Shared Read Blocks': z.number(),
});
const planSchema = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: blocksSchema })]) })]);

describe(`the pace of the latest of ${JOBS} completed jobs`, () => {
  it('is read through the index of finished jobs, without a look at the others', async () => {
    const rows: unknown = await services().dataSource.query(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${SELECT_PACE}`,
      ['yolo_ocr'],
    );
    const [
      {
        'QUERY PLAN': [{ Plan: root }],
      },
    ] = planSchema.parse(rows);
    expect(JSON.stringify(rows)).toContain('jobs_finished_idx');
    expect(JSON.stringify(rows)).not.toContain('Seq Scan');
    // The table has hundreds.
    expect(root['Shared Hit Blocks'] + root['Shared Read Blocks']).toBeLessThan(50);
  });

  it('is their mean', async () => {
    expect(await services().dataSource.query(SELECT_PACE, ['yolo_ocr'])).toEqual([
      { meanDurationMs: 2_000, running: 0 },
    ]);
  });
});
