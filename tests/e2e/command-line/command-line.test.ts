import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeKey } from '../../helpers/api-keys.ts';
import { runForegsyte } from '../../helpers/run-foregsyte.ts';
import { startService, TINY_VIDEO, type RunningService } from '../../helpers/running-service.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const AUDIO_ONLY = join(import.meta.dirname, '../../fixtures/audio-only.mp4');
const UNKNOWN_JOB = '11111111-1111-4111-8111-111111111111';
const dataDirectory = temporaryDirectory();
let service: RunningService;
let key: string;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: true, environment: { AUTHENTICATION: 'keys' } });
  key = await makeKey(service.database.url, 'alice', ['submit', 'read', 'admin']);
});
afterAll(() => service.stop());

const foregsyte = (...args: string[]) =>
  runForegsyte(args, { FOREGSYTE_URL: service.url, FOREGSYTE_API_KEY: key });

const jobsSchema = z.array(z.looseObject({ id: z.string(), status: z.string() }));
const parseJobs = (stdout: string) => jobsSchema.parse(JSON.parse(stdout));
const submitOne = async (...args: string[]) => {
  const { stdout } = await foregsyte('submit', '--json', TINY_VIDEO, ...args);
  const [job] = parseJobs(stdout);
  if (!job) throw new Error('Nothing was submitted.');
  return job;
};

describe('foregsyte submit, status and results', () => {
  it('waits for the results, prints JSON alone, and fetches every format as plain HTTP sends it', async () => {
    const run = await foregsyte(
      ...['submit', '--wait', '--json', TINY_VIDEO, '--samples-per-second', '2', '--end-ms', '2000'],
      ...['--label', 'person', '--language', 'eng', '--priority', '3', '--tag', 'one', '--tag', 'two'],
    );
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('completed') });
    const [job] = parseJobs(run.stdout);
    expect(job).toMatchObject({
      status: 'COMPLETED',
      priority: 3,
      tags: ['one', 'two'],
      originalFilename: 'tiny.mp4',
      results: { labels: [{ label: 'person' }], models: { sampling: { sampledFrames: 4 } } },
    });
    const id = job?.id ?? '';

    const files = { json: 'document.json', csv: 'detections.csv', vtt: 'texts.vtt', coco: 'coco.json' };
    const fetchAs = async ([format, file]: [string, string]) => {
      const response = await service.fetch(`/results/${id}/${file}`, {}, key);
      const expected = Buffer.from(await response.arrayBuffer());
      const printed = await foregsyte('results', id, '--format', format);
      expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
      expect(printed.bytes.equals(expected)).toBe(true);
      return expected;
    };
    const [document] = await Promise.all(Object.entries(files).map(fetchAs));
    const output = join(dataDirectory, 'document.json');
    const written = await foregsyte('results', id, '--format', 'json', '--output', output);
    expect(written).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await readFile(output)).toEqual(document);
    expect(await foregsyte('results', id)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('HELLO FOREGSYTE 42'),
    });
  });

  it('exits 4 when a job fails, with its code, and still tells of the others', async () => {
    const run = await foregsyte('submit', '--wait', '--json', TINY_VIDEO, AUDIO_ONLY);
    expect(run).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('UNSUPPORTED_MEDIA') });
    const jobs = parseJobs(run.stdout);
    expect(jobs.map(({ status }) => status)).toEqual(['COMPLETED', 'FAILED']);
    const again = await foregsyte('status', '--wait', ...jobs.map(({ id }) => id));
    expect(again).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('failed') });
    expect(await foregsyte('status', ...jobs.map(({ id }) => id))).toMatchObject({ exitCode: 0 });
  });

  it('leaves the job running on Ctrl-C, exits 130, and says how to watch it again', async () => {
    const videos = Array.from({ length: 5 }, () => TINY_VIDEO);
    const environment = { FOREGSYTE_URL: service.url, FOREGSYTE_API_KEY: key };
    const run = await runForegsyte(['submit', '--wait', ...videos], environment, {
      onError: (text, kill) => {
        if (/pending|running/.test(text)) kill('SIGINT');
      },
    });
    expect(run.exitCode).toBe(130);
    const ids = /foregsyte (status --wait .*)/.exec(run.stderr)?.[1]?.split(' ') ?? [];
    expect(ids).toHaveLength(2 + videos.length);
    expect(await foregsyte(...ids)).toMatchObject({ exitCode: 0 });
  });

  it('returns the same job for the same idempotency key', async () => {
    const first = await submitOne('--idempotency-key', 'once');
    const second = await submitOne('--idempotency-key', 'once');
    expect(second.id).toBe(first.id);
  });
});

describe('foregsyte cancel, retry, delete and list', () => {
  it('moves a job along, and lists it by state, tag and words over pages', async () => {
    // The worker has enough to do with the first that the second cannot be done before it is canceled.
    const before = await submitOne('--samples-per-second', '60', '--priority', '9');
    const { id } = await submitOne('--tag', 'moved');
    expect(await foregsyte('cancel', id)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(id) });
    expect(await foregsyte('cancel', id)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('JOB_NOT_CANCELABLE'),
    });
    const listed = await foregsyte(
      'list',
      '--status',
      'canceled',
      '--tag',
      'moved',
      '--text',
      'tiny',
      '--json',
    );
    expect(parseJobs(listed.stdout)).toMatchObject([{ id, status: 'CANCELED' }]);
    // Nobody needs its results.
    await service.request(CANCEL, { id: before.id }, key);
    expect(await foregsyte('retry', id)).toMatchObject({ exitCode: 0 });
    expect(await foregsyte('status', '--wait', id)).toMatchObject({ exitCode: 0 });
    expect(await foregsyte('delete', id)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('deleted'),
    });
    const gone = await foregsyte('status', '--json', id);
    expect(gone).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('JOB_NOT_FOUND') });
    expect(JSON.parse(gone.stdout)).toEqual([null]);
  });

  it('reads on behind the first page up to the limit', async () => {
    const bulk = Array.from({ length: 101 }, () => TINY_VIDEO);
    const submitted = parseJobs((await foregsyte('submit', '--json', '--tag', 'bulk', ...bulk)).stdout);
    await Promise.all(submitted.map(({ id }) => service.request(CANCEL, { id }, key)));
    const list = (limit: string) => foregsyte('list', '--tag', 'bulk', '--limit', limit, '--json');
    const [all, some] = await Promise.all([list('500'), list('3')]);
    expect(new Set(parseJobs(all.stdout).map(({ id }) => id))).toEqual(
      new Set(submitted.map(({ id }) => id)),
    );
    expect(parseJobs(some.stdout)).toHaveLength(3);
  });
});

const CANCEL = 'mutation($id: ID!) { cancelJob(jobId: $id) { id } }';

describe('a command that cannot do what it is told', () => {
  it.each([
    ['no video', ['submit']],
    ['a number that is none', ['submit', TINY_VIDEO, '--min-confidence', 'much']],
    ['a file that is not there', ['submit', 'missing.mp4']],
    ['one idempotency key for two videos', ['submit', TINY_VIDEO, TINY_VIDEO, '--idempotency-key', 'k']],
    ['an unknown format', ['results', UNKNOWN_JOB, '--format', 'xml']],
    ['an unknown command', ['analyse']],
    ['a key with white space', ['list', '--key', 'hunter 2']],
    ['an owner with white space', ['keys', 'create', '--owner', 'a b', '--name', 'x', '--scope', 'read']],
    ['an unknown scope', ['keys', 'create', '--owner', 'a', '--name', 'x', '--scope', 'read,write']],
  ])('exits 2 for %s', async (_, args) => {
    const run = await foregsyte(...args);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).not.toContain('hunter');
  });

  it('exits 3 with the code of the service, and never shows the key', async () => {
    const runs = await Promise.all([
      foregsyte('results', UNKNOWN_JOB, '--format', 'csv'),
      foregsyte('results', UNKNOWN_JOB),
      foregsyte('submit', TINY_VIDEO, '--pipeline', 'none'),
      foregsyte('list', '--key', 'fgs_hunter2'),
    ]);
    const codes = ['JOB_NOT_FOUND', 'JOB_NOT_FOUND', 'UNKNOWN_PIPELINE', 'UNAUTHENTICATED'];
    for (const [index, code] of codes.entries()) {
      expect(runs[index]).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(`${code}: `) });
      expect(runs[index]?.stderr).not.toMatch(/hunter2|fgs_[0-9a-f]{16}/);
    }
  });

  it('exits 5 when nothing answers, or something else does', async () => {
    const [nothing, other] = await Promise.all([
      foregsyte('list', '--url', 'http://127.0.0.1:9'),
      foregsyte('list', '--url', `${service.url}/healthz`),
    ]);
    expect(nothing).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('http://127.0.0.1:9') });
    expect(other).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('is no Foregsyte') });
  });

  it('documents the exit codes and gives examples in its help', async () => {
    const [whole, submit] = await Promise.all([foregsyte('--help'), foregsyte('submit', '--help')]);
    expect(whole).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Exit codes:') });
    expect(submit).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('$ foregsyte submit') });
  });
});

describe('foregsyte keys', () => {
  it('makes a key that works, lists it without its secret, and revokes it at once', async () => {
    const operator = (...args: string[]) => runForegsyte(args, { DATABASE_URL: service.database.url });
    const made = await operator(
      ...['keys', 'create', '--owner', 'bob@example.com', '--name', 'his laptop', '--scope', 'submit,read'],
    );
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('once') });
    const bobsKey = made.stdout.trim();
    const [, keyId = '', secret = ''] = /^fgs_([0-9a-f]{16})_(\S{43})$/.exec(bobsKey) ?? [];
    expect(made.stderr).not.toContain(secret);

    const asBob = () =>
      runForegsyte(['list', '--json'], { FOREGSYTE_URL: service.url, FOREGSYTE_API_KEY: bobsKey });
    expect(await asBob()).toMatchObject({ exitCode: 0, stdout: '[]\n' });

    const listed = await operator('keys', 'list');
    expect(listed.stdout).toContain(keyId);
    expect(listed.stdout).toContain('bob@example.com');
    expect(listed.stdout).not.toContain(secret);

    expect(await operator('keys', 'revoke', keyId)).toMatchObject({ exitCode: 0 });
    expect(await asBob()).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('UNAUTHENTICATED') });
    expect(await operator('keys', 'revoke', keyId)).toMatchObject({ exitCode: 3 });
  });

  it('says what to do when there is no database', async () => {
    const run = await runForegsyte(['keys', 'list'], { DATA_DIR: dataDirectory });
    expect(run).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('npm start') });
  });
});
