import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { resolveAnalysisOptions } from '../../../src/jobs/analysis-options.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { createSubmitVideo } from '../../../src/jobs/submit-video.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createPgBossQueue } from '../../../src/queue/pg-boss-queue.ts';
import type { QueueService } from '../../../src/queue/queue-service.ts';
import { createLocalStorage } from '../../../src/storage/local-storage.ts';
import type { StorageService } from '../../../src/storage/storage-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';

const logger = createSilentLogger();
const root = temporaryDirectory();
let database: TestDatabase;
let dataSource: DataSource;
let queue: QueueService;
let storage: StorageService;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await connectDataSource(database.url);
  queue = await createPgBossQueue(database.url, logger);
  storage = await createLocalStorage(root);
});
afterAll(async () => {
  await queue.close();
  await dataSource.destroy();
  await database.drop();
});

async function* videoBytes() {
  yield Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1');
  yield Buffer.alloc(1000, 1);
}

const submission = () => ({
  pipelineId: 'yolo_ocr' as const,
  options: resolveAnalysisOptions({}),
  filename: '../../evil.mp4',
  bytes: videoBytes(),
});

const storedFiles = async () => (await readdir(root)).filter((name) => name !== 'tmp');
const partialFiles = () => readdir(join(root, 'tmp'));

describe('submitting a video', () => {
  it('writes the file, the row and the queue entry', async () => {
    const job = await createSubmitVideo({ dataSource, queue, storage, logger })(submission());
    expect(job).toMatchObject({
      status: 'pending',
      attempt: 0,
      sizeBytes: 1024,
      inputPath: `${job.jobId}.mp4`,
    });
    expect(job.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await storedFiles()).toEqual([`${job.jobId}.mp4`]);
    expect(await queue.dequeue()).toMatchObject({ jobId: job.jobId });
    await dataSource.manager.delete(JobEntity, { jobId: job.jobId });
    await storage.delete(job.inputPath);
  });

  it('leaves no row, no entry and no file when the entry cannot be written', async () => {
    const broken: QueueService = {
      ...queue,
      enqueue: async (jobId, options) => {
        await queue.enqueue(jobId, options);
        throw new Error('the connection was lost');
      },
    };
    await expect(
      createSubmitVideo({ dataSource, queue: broken, storage, logger })(submission()),
    ).rejects.toThrow('connection was lost');
    expect(await dataSource.manager.count(JobEntity)).toBe(0);
    expect(await queue.size()).toBe(0);
    expect([...(await storedFiles()), ...(await partialFiles())]).toEqual([]);
  });

  it('leaves no entry and no file when the row cannot be written', async () => {
    await dataSource.query(`ALTER TABLE jobs ADD CONSTRAINT refuse CHECK (pipeline_id <> 'yolo_ocr')`);
    try {
      await expect(createSubmitVideo({ dataSource, queue, storage, logger })(submission())).rejects.toThrow(
        'refuse',
      );
    } finally {
      await dataSource.query('ALTER TABLE jobs DROP CONSTRAINT refuse');
    }
    expect(await queue.size()).toBe(0);
    expect([...(await storedFiles()), ...(await partialFiles())]).toEqual([]);
  });

  it('leaves nothing when the client goes away', async () => {
    async function* interrupted() {
      yield* videoBytes();
      throw new Error('the client went away');
    }
    const submit = createSubmitVideo({ dataSource, queue, storage, logger });
    await expect(submit({ ...submission(), bytes: interrupted() })).rejects.toThrow('went away');
    expect(await dataSource.manager.count(JobEntity)).toBe(0);
    expect([...(await storedFiles()), ...(await partialFiles())]).toEqual([]);
  });
});
