import type { DataSource } from 'typeorm';
import type { StorageService } from '../../dist/src/storage/storage-service.js';
import { resultsKey } from '../../dist/src/results/results-keys.js';
import { writeResults } from '../../dist/src/results/write-results.js';

/** Inserts `count` jobs of `owner`: 1 in 100 is pending, the others are settled; the first is completed. */
export async function fillJobs(dataSource: DataSource, owner: string, count: number): Promise<string[]> {
  await dataSource.query(
    `INSERT INTO jobs (job_id, owner, status, stage, pipeline_id, options, input_path, output_path, original_filename,
        size_bytes, sha256, attempt, tags, created_at, updated_at, queued_at, started_at, finished_at)
      SELECT id, $1, status, (CASE status WHEN 'pending' THEN 'queued' ELSE 'settled' END)::job_stage_enum, 'yolo_ocr',
        '{"samplesPerSecond": 1}', id || '.mp4', id || '_results.json', 'camera ' || n % 1000 || '.mp4', 1000000,
        md5(id::text) || md5(id::text), 1, ARRAY['tag' || n % 500, 'all'], created, created, created,
        created + interval '1 second', created + interval '9 seconds'
      FROM (SELECT gen_random_uuid() AS id, n, now() - n * interval '1 minute' AS created,
        (CASE n % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'failed' ELSE 'completed' END)::job_status_enum AS status
        FROM generate_series(2, $2::int + 1) AS n) AS made`,
    [owner, count],
  );
  await dataSource.query('VACUUM ANALYZE jobs');
  const rows: { jobId: string }[] = await dataSource.query(
    `SELECT job_id AS "jobId" FROM jobs ORDER BY created_at DESC`,
  );
  return rows.map(({ jobId }) => jobId);
}

/** Stores results with `frames` sampled frames, four detections and two texts on each. */
export async function writeLongResults(
  storage: StorageService,
  jobId: string,
  frames: number,
): Promise<void> {
  const box = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
  const all = Array.from({ length: frames }, (_unused, index) => ({
    frameIndex: index * 25,
    timestampMs: index * 1000,
    detections: ['person', 'person', 'dog', 'car'].map((label, at) => ({
      label,
      confidence: 0.9 - at / 10,
      trackId: at + 1,
      box,
    })),
    texts: ['HELLO', 'WORLD'].map((text) => ({ text, confidence: 0.95, box })),
  }));
  await writeResults(storage, resultsKey(jobId, 1), {
    head: {
      schemaVersion: 1,
      jobId,
      pipelineId: 'yolo_ocr',
      labels: [],
      media: {
        container: 'mov,mp4',
        videoCodec: 'h264',
        width: 1280,
        height: 720,
        durationMs: frames * 1000,
        framesPerSecond: 25,
        frameCount: frames * 25,
        hasAudio: false,
      },
      models: {
        detection: { model: 'none', version: '1', sha256: '', backend: 'cpu', minConfidence: 0.5 },
        ocr: { engine: 'none', version: '1', languages: ['eng'], minConfidence: 0.6 },
        sampling: { samplesPerSecond: 1, sampledFrames: frames },
        tools: { foregsyte: '0', ffmpeg: '0' },
      },
    },
    frames: all,
    tracks: [],
    textSegments: [],
    timing: () => ({ totalMs: 1, decodeMs: 1, detectMs: 1, ocrMs: 1, storeMs: 1 }),
  });
}
