import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { z } from 'zod';
import { startServiceProcess } from '../../src/processes/service-process.ts';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { RESULTS_FORMAT_INFO, RESULTS_FORMATS } from '../../src/results/results-formats.ts';
import { makeKey } from '../helpers/api-keys.ts';
import { completeJob } from '../helpers/completed-job.ts';
import {
  fileAsBlob,
  startService,
  TINY_VIDEO,
  type RunningService,
  submittedJobId,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const dataDirectory = temporaryDirectory();
const keys = { ann: '', bob: '', reader: '', submitter: '' };
let service: RunningService;
let jobId: string;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: false, environment: { AUTHENTICATION: 'keys' } });
  const { url } = service.database;
  keys.ann = await makeKey(url, 'ann', ['admin']);
  keys.bob = await makeKey(url, 'bob', ['admin']);
  keys.reader = await makeKey(url, 'ann', ['read']);
  keys.submitter = await makeKey(url, 'ann', ['submit']);
  const answer = await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', {}, keys.ann);
  jobId = submittedJobId(answer);
  await completeJob(service, jobId);
});
afterAll(() => service.stop());

const codeOf = (answer: Awaited<ReturnType<RunningService['request']>>) =>
  answer.errors?.[0]?.extensions['code'] ?? 'none';

/** Every operation that names a job, by the field of the schema that it asks. */
const OPERATIONS = {
  job: 'query($id: ID!) { job(id: $id) { id } }',
  status: 'query($id: ID!) { status(jobId: $id) { id } }',
  results: 'query($id: ID!) { results(jobId: $id) { jobId } }',
  cancelJob: 'mutation($id: ID!) { cancelJob(jobId: $id) { id } }',
  retryJob: 'mutation($id: ID!) { retryJob(jobId: $id) { id } }',
  deleteJob: 'mutation($id: ID!) { deleteJob(jobId: $id) }',
};
const DOWNLOADS = RESULTS_FORMATS.map((format) => RESULTS_FORMAT_INFO[format].fileName);
const addresses = () => [
  ...DOWNLOADS.map((name) => `/results/${jobId}/${name}`),
  `/video/status/${jobId}`,
  `/video/results/${jobId}`,
];

describe("another owner's job", () => {
  it.each(Object.entries(OPERATIONS))('is unknown to %s', async (_field, query) => {
    expect(codeOf(await service.request(query, { id: jobId }, keys.bob))).toBe('JOB_NOT_FOUND');
  });

  it('is null among statuses, and missing in lists', async () => {
    const statuses = 'query($ids: [ID!]!) { statuses(jobIds: $ids) { id } }';
    const variables = { ids: [jobId] };
    expect((await service.request(statuses, variables, keys.bob)).data).toEqual({ statuses: [null] });
    expect((await service.request(statuses, variables, keys.ann)).data).toEqual({
      statuses: [{ id: jobId }],
    });
    const jobs = '{ jobs { totalCount nodes { id } } }';
    expect((await service.request(jobs, {}, keys.bob)).data).toEqual({ jobs: { totalCount: 0, nodes: [] } });
    expect((await service.request(jobs, {}, keys.ann)).data).toEqual({
      jobs: { totalCount: 1, nodes: [{ id: jobId }] },
    });
  });

  it('is 404 at every address, where its owner gets it', async () => {
    for (const address of addresses()) {
      const refused = await service.fetch(address, {}, keys.bob);
      expect({ address, status: refused.status }).toEqual({ address, status: 404 });
      expect(await refused.json()).toMatchObject({ code: 'JOB_NOT_FOUND' });
      const served = await service.fetch(address, {}, keys.ann);
      expect({ address, status: served.status }).toEqual({ address, status: 200 });
      await served.arrayBuffer();
    }
  });

  it('is not made of an upload that somebody else sent, nor is that upload resumed or removed', async () => {
    const whole = await service.fetch(
      '/uploads',
      { method: 'POST', body: await fileAsBlob(TINY_VIDEO) },
      keys.ann,
    );
    const { uploadId } = z.object({ uploadId: z.string() }).parse(await whole.json());
    const stolen = await service.request(
      'mutation($id: ID!) { submitVideo(uploadId: $id) { id } }',
      { id: uploadId },
      keys.bob,
    );
    expect(codeOf(stolen)).toBe('UPLOAD_NOT_FOUND');
    for (const method of ['HEAD', 'PATCH', 'DELETE']) {
      const headers = {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        ...(method === 'PATCH' ? { 'content-type': 'application/offset+octet-stream' } : {}),
      };
      const answer = await service.fetch(`/uploads/${uploadId}`, { method, headers }, keys.bob);
      expect({ method, status: answer.status }).toEqual({ method, status: 404 });
    }
    expect(
      (
        await service.fetch(
          `/uploads/${uploadId}`,
          { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } },
          keys.ann,
        )
      ).status,
    ).toBe(200);
  });

  it('was tried with every field of the schema', async () => {
    const schema = buildSchema(await readFile(join(projectRoot, 'schema.graphql'), 'utf8'));
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    const tried = [...Object.keys(OPERATIONS), 'statuses', 'jobs', 'submitVideo'];
    // These two are about no job.
    expect(fields.toSorted()).toEqual([...tried, 'pipelines', 'service'].toSorted());
  });
});

describe('without a key that is good for it', () => {
  it.each([
    ['no key', undefined],
    ['a malformed key', 'fgs_x'],
    ['a wrong key', `fgs_${'0'.repeat(16)}_${'A'.repeat(43)}`],
  ])('%s is refused with 401 everywhere but at /healthz', async (_what, key) => {
    const graphql = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ service { version } }"}',
    };
    for (const [address, init] of [
      ['/graphql', graphql],
      ['/graphql?query={service{version}}', {}],
      ['/uploads', { method: 'POST', body: 'x' }],
      ['/video/submit', { method: 'POST', body: 'x' }],
      ...addresses().map((one) => [one, {}] as const),
    ] as const) {
      const answer = await service.fetch(address, init, key);
      expect({ address, status: answer.status }).toEqual({ address, status: 401 });
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(await answer.text()).toContain('UNAUTHENTICATED');
    }
    expect((await service.fetch('/healthz', {}, key)).status).toBe(200);
  });

  it('a key for reading can read, and neither submit, change nor delete', async () => {
    for (const [field, query] of Object.entries(OPERATIONS)) {
      const code = codeOf(await service.request(query, { id: jobId }, keys.reader));
      const reads = ['job', 'status', 'results'].includes(field);
      expect({ field, code }).toEqual({ field, code: reads ? 'none' : 'FORBIDDEN' });
    }
    const video = await fileAsBlob(TINY_VIDEO);
    expect(codeOf(await service.submit(video, 'a.mp4', {}, keys.reader))).toBe('FORBIDDEN');
    const form = new FormData();
    form.set('file', video, 'a.mp4');
    for (const [address, body] of [
      ['/uploads', video],
      ['/video/submit', form],
    ] as const) {
      const answer = await service.fetch(address, { method: 'POST', body }, keys.reader);
      expect({ address, status: answer.status }).toEqual({ address, status: 403 });
      expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN', scope: 'submit' });
    }
  });

  it('a key of any scope can ask for pipelines and limits', async () => {
    for (const key of [keys.reader, keys.submitter]) {
      const answer = await service.request('{ pipelines { id } service { version } }', {}, key);
      expect(answer).toEqual({
        data: { pipelines: [{ id: 'yolo_ocr' }], service: { version: expect.any(String) } },
      });
    }
  });

  it('a key for submitting can submit and change, and neither read nor delete', async () => {
    const answer = await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', {}, keys.submitter);
    const id = submittedJobId(answer);
    for (const [field, query] of Object.entries(OPERATIONS)) {
      const code = codeOf(await service.request(query, { id }, keys.submitter));
      const changes = ['cancelJob', 'retryJob'].includes(field);
      expect({ field, code }).toEqual({ field, code: changes ? 'none' : 'FORBIDDEN' });
    }
    for (const address of addresses()) {
      expect((await service.fetch(address, {}, keys.submitter)).status).toBe(403);
    }
    for (const query of ['{ jobs { nodes { id } } }', '{ statuses(jobIds: []) { id } }']) {
      expect(codeOf(await service.request(query, {}, keys.submitter))).toBe('FORBIDDEN');
    }
  });
});

describe('with authentication off', () => {
  it('the API refuses to start on an address that other machines reach, and says what to do', async () => {
    const logFile = join(dataDirectory, 'refused.log');
    const starting = startServiceProcess({
      name: 'api',
      entry: join(projectRoot, 'dist', 'src', 'main.js'),
      environment: childEnvironment({ DATABASE_URL: service.database.url, HOST: '0.0.0.0', PORT: '0' }),
      logFile,
      signal: AbortSignal.timeout(30_000),
    });
    await expect(starting).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    expect(await readFile(logFile, 'utf8')).toMatch(/HOST: must be .*AUTHENTICATION=keys/);
  });
});
