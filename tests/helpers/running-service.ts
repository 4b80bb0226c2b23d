import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { blob } from 'node:stream/consumers';
import { z } from 'zod';
import { startServiceProcess, type ServiceProcess } from '../../src/cli/service-process.ts';
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

/** The built API, and a worker when asked for, as real processes on a database of their own. */
export interface RunningService {
  url: string;
  dataDirectory: string;
  database: TestDatabase;
  api: ServiceProcess;
  request(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  submit(file: Blob, filename?: string, variables?: Record<string, unknown>): Promise<Answer>;
  stop(): Promise<void>;
}

export const SUBMIT = `mutation Submit($file: Upload!, $pipelineId: ID! = "yolo_ocr", $options: AnalysisOptionsInput) {
  submitVideo(file: $file, pipelineId: $pipelineId, options: $options) { id status progress originalFilename }
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

  const send = async (init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${api.ready}/graphql`, { method: 'POST', ...init });
    return answerSchema.parse(await response.json());
  };
  return {
    url: api.ready,
    dataDirectory,
    database,
    api,
    request: (query, variables = {}) =>
      send({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) }),
    submit(file, filename = 'video.mp4', variables = {}) {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query: SUBMIT, variables: { ...variables, file: null } }));
      form.set('map', JSON.stringify({ 0: ['variables.file'] }));
      form.set('0', file, filename);
      return send({ headers: { 'apollo-require-preflight': 'true' }, body: form });
    },
    async stop() {
      for (const running of processes) await running.stop(10_000);
      await database.drop();
    },
  };
}

/** A file as the body of a multipart request. */
export async function fileAsBlob(path: string): Promise<Blob> {
  return blob(createReadStream(path));
}

/** The committed test video: see tests/fixtures/make-tiny.ts. */
export const TINY_VIDEO = join(projectRoot, 'tests', 'fixtures', 'tiny.mp4');
