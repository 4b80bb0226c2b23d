import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { blob } from 'node:stream/consumers';
import { z } from 'zod';
import { startServiceProcess, type ServiceProcess } from '../../src/processes/service-process.ts';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()).default({}) }))
    .optional(),
});

/** What the service answered to a GraphQL request. */
export type Answer = z.infer<typeof answerSchema>;

/** What a client asks of the API at one address. */
export interface ServiceClient {
  url: string;
  request(query: string, variables?: Record<string, unknown>, key?: string): Promise<Answer>;
  submit(file: Blob, filename?: string, variables?: Record<string, unknown>, key?: string): Promise<Answer>;
  /** A plain HTTP request. */
  fetch(path: string, init?: RequestInit, key?: string): Promise<Response>;
}

/** One thread for each kind of work: more engines only take longer to load. Unit tests and `foregsyte start` have more. */
const LIGHT_WORKER = { DETECTION_THREADS: '1', OCR_WORKERS: '1' };

/** The built API, and a worker when asked for, as real processes on a database of their own. */
export interface RunningService extends ServiceClient {
  dataDirectory: string;
  database: TestDatabase;
  api: ServiceProcess;
  stop(): Promise<void>;
}

export const SUBMIT = `mutation Submit(
  $file: Upload, $uploadId: ID, $pipelineId: ID! = "yolo_ocr", $options: AnalysisOptionsInput,
  $priority: Int! = 0, $tags: [String!], $idempotencyKey: String
) {
  submitVideo(
    file: $file, uploadId: $uploadId, pipelineId: $pipelineId, options: $options,
    priority: $priority, tags: $tags, idempotencyKey: $idempotencyKey
  ) { id status progress originalFilename }
}`;

export async function startService(options: {
  dataDirectory: string;
  worker: boolean;
  environment?: Record<string, string>;
}): Promise<RunningService> {
  const database = await createTestDatabase();
  const { dataDirectory } = options;
  const environment = childEnvironment({
    DATABASE_URL: database.url,
    DATA_DIR: dataDirectory,
    MODELS_DIR: join(projectRoot, 'data', 'models'),
    PORT: '0',
    LOG_LEVEL: 'info',
    ...LIGHT_WORKER,
    ...options.environment,
  });
  const start = (name: string, entry: string) =>
    startServiceProcess({
      name,
      entry: join(projectRoot, 'dist', entry),
      environment,
      logFile: join(dataDirectory, `${name}.log`),
      signal: AbortSignal.timeout(60_000),
    });
  const api = await start('api', 'src/main.js');
  const processes = options.worker ? [await start('worker', 'worker/main.js'), api] : [api];

  return {
    ...createServiceClient(api.ready),
    dataDirectory,
    database,
    api,
    async stop() {
      for (const running of processes) await running.stop(10_000);
      await database.drop();
    },
  };
}

/** A client of the API at `url`. */
export function createServiceClient(url: string): ServiceClient {
  const withKey = async (path: string, init: RequestInit = {}, key?: string): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    return fetch(`${url}${path}`, { ...init, headers });
  };
  const send = async (init: RequestInit, key?: string): Promise<Answer> => {
    const response = await withKey('/graphql', { method: 'POST', ...init }, key);
    return answerSchema.parse(await response.json());
  };
  return {
    url,
    fetch: withKey,
    request: (query, variables = {}, key) =>
      send(
        { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) },
        key,
      ),
    submit(file, filename = 'video.mp4', variables = {}, key) {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query: SUBMIT, variables: { ...variables, file: null } }));
      form.set('map', JSON.stringify({ 0: ['variables.file'] }));
      form.set('0', file, filename);
      return send({ headers: { 'apollo-require-preflight': 'true' }, body: form }, key);
    },
  };
}

/** The id of the job that a submission made. */
export function submittedJobId(answer: Answer): string {
  return z.object({ submitVideo: z.object({ id: z.string() }) }).parse(answer.data).submitVideo.id;
}

/** A file as the body of a multipart request. */
export async function fileAsBlob(path: string): Promise<Blob> {
  return blob(createReadStream(path));
}

/** The committed test video: see tests/fixtures/make-tiny.ts. */
export const TINY_VIDEO = join(projectRoot, 'tests', 'fixtures', 'tiny.mp4');
