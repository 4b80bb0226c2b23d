import { describe, expect, it } from '@jest/globals';
import { readStatuses } from '../../../src/cli/client/read-statuses.ts';
import type { ServiceClient } from '../../../src/cli/client/service-client.ts';
import { refusalOf, unreachable } from '../../../src/cli/client/service-failures.ts';
import { assertCompleted, watchJobs } from '../../../src/cli/client/watch-jobs.ts';
import type { JobStandingFragment } from '../../../src/cli/generated/graphql.ts';

const URL = 'http://service';
const standing = (id: string, status: 'RUNNING' | 'COMPLETED' | 'FAILED'): JobStandingFragment => ({
  id,
  status,
  stage: status === 'RUNNING' ? 'ANALYSING' : 'SETTLED',
  progress: status === 'RUNNING' ? 0.5 : 1,
  attempt: 1,
  queuePosition: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  errorCode: status === 'FAILED' ? 'INVALID_VIDEO' : null,
  errorMessage: status === 'FAILED' ? 'It is damaged.' : null,
  retryable: null,
  pollAfterMs: status === 'RUNNING' ? 1 : null,
});

/** A service that answers one request after the other as told: with statuses, or by throwing. */
function scripted(answers: ((JobStandingFragment | null)[] | Error)[]) {
  const asked: string[][] = [];
  const client: ServiceClient = {
    url: URL,
    async request(_document, variables) {
      asked.push(Object.values(variables).flat().map(String));
      const answer = answers.shift() ?? new Error('asked too often');
      if (answer instanceof Error) throw answer;
      return JSON.parse(JSON.stringify({ statuses: answer }));
    },
    download: () => Promise.reject(new Error('not asked for')),
  };
  return { client, asked };
}

async function watch(client: ServiceClient, jobIds: string[]) {
  const said: string[] = [];
  const watcher = {
    update: (jobs: readonly JobStandingFragment[]) => said.push(jobs.map(({ status }) => status).join()),
    trouble: (message: string) => said.push(message),
  };
  const signal = new AbortController().signal;
  return { said, settled: await watchJobs(client, jobIds, { watcher, signal }) };
}

describe('watchJobs', () => {
  it('asks only for jobs that are not settled, and keeps the order of the ids', async () => {
    const { client, asked } = scripted([
      [standing('a', 'RUNNING'), standing('b', 'COMPLETED')],
      [standing('a', 'FAILED')],
    ]);
    const { settled, said } = await watch(client, ['a', 'b']);
    expect(asked).toEqual([['a', 'b'], ['a']]);
    expect(settled.map(({ id, status }) => [id, status])).toEqual([
      ['a', 'FAILED'],
      ['b', 'COMPLETED'],
    ]);
    expect(said).toEqual(['RUNNING,COMPLETED', 'FAILED,COMPLETED']);
  });

  it('waits as long as RATE_LIMITED says, and survives a lost connection', async () => {
    const { client } = scripted([
      refusalOf('Too many.', { code: 'RATE_LIMITED', retryAfterMs: 1 }),
      [standing('a', 'RUNNING')],
      unreachable(URL, new Error('reset')),
      refusalOf('Later.', { code: 'DATABASE_UNAVAILABLE', retryable: true }),
      [standing('a', 'COMPLETED')],
    ]);
    const { said } = await watch(client, ['a']);
    expect(said).toEqual([
      'asked to wait',
      'RUNNING',
      'connection lost, trying again',
      'connection lost, trying again',
      'COMPLETED',
    ]);
  });

  it('says at once that an address is wrong, and that a job is not there', async () => {
    const lost = scripted([unreachable(URL, new Error('refused'))]);
    await expect(watch(lost.client, ['a'])).rejects.toMatchObject({ exitCode: 5 });
    const unknown = scripted([[null]]);
    await expect(watch(unknown.client, ['a'])).rejects.toMatchObject({ exitCode: 3, code: 'JOB_NOT_FOUND' });
    const refused = scripted([[standing('a', 'RUNNING')], refusalOf('No.', { code: 'UNAUTHENTICATED' })]);
    await expect(watch(refused.client, ['a'])).rejects.toMatchObject({
      exitCode: 3,
      code: 'UNAUTHENTICATED',
    });
  });

  it('reads more than a hundred statuses in several requests', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `job ${index}`);
    const jobs = ids.map((id) => standing(id, 'COMPLETED'));
    const { client, asked } = scripted([jobs.slice(0, 100), jobs.slice(100)]);
    expect((await readStatuses(client, ids)).map((job) => job?.id)).toEqual(ids);
    expect(asked.map(({ length }) => length)).toEqual([100, 1]);
  });
});

describe('assertCompleted', () => {
  it('names the first job that is not completed, with its error', () => {
    expect(() => assertCompleted([standing('a', 'COMPLETED'), standing('b', 'FAILED')])).toThrow(
      'Job b ended without results. It is damaged.',
    );
  });
});
