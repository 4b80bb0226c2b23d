/**
 * How fast the API answers, on a real Postgres with 100,000 jobs, against a bare Express handler that runs the same
 * query. Rounds of all candidates alternate in one run, because machines are shared and noisy: read the ratios.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Table from 'cli-table3';
import { createLocalStorage } from '../../dist/src/storage/local-storage.js';
import { fillJobs, writeLongResults } from './api-data.ts';
import { startBenchStack } from './bench-stack.ts';
import { measureLoad, summarise, type Load } from './load.ts';

const JOBS = 100_000;
const CONNECTIONS = 50;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const OWNER = 'bench';

const stack = await startBenchStack(OWNER);
try {
  const { dataSource, directory, key } = stack;
  console.log(`Making ${JOBS} jobs ...`);
  const jobIds = await fillJobs(dataSource, OWNER, JOBS);
  const resultsJob = jobIds[0] ?? '';
  const storage = await createLocalStorage(join(directory, 'storage'));
  await writeLongResults(storage, resultsJob, 2_000);
  const api = stack.api.ready;
  const bare = (await stack.start('bare', join(import.meta.dirname, 'bare-server.ts'))).ready;

  const someIds = (count: number) =>
    Array.from({ length: count }, () => jobIds[Math.floor(Math.random() * jobIds.length)] ?? randomUUID());
  const graphql = (query: string, variables: object) => ({
    method: 'POST' as const,
    path: '/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  const report =
    'id status stage progress attempt queuePosition createdAt updatedAt startedAt finishedAt errorCode errorMessage retryable revision pollAfterMs';
  const page =
    '{ hasNextPage endCursor } nodes { frameIndex timestampMs detections { label confidence trackId box { x y width height } } texts { text confidence } }';
  const candidates = {
    'bare Express + pg, one status': {
      url: bare,
      requests: someIds(500).map((id) => ({ method: 'GET' as const, path: `/status/${id}` })),
    },
    'the same, prepared': {
      url: bare,
      requests: someIds(500).map((id) => ({ method: 'GET' as const, path: `/prepared/${id}` })),
    },
    status: {
      url: api,
      requests: someIds(500).map((jobId) =>
        graphql(`query Status($jobId: ID!) { status(jobId: $jobId) { ${report} } }`, { jobId }),
      ),
    },
    'statuses, 100 ids': {
      url: api,
      requests: Array.from({ length: 20 }, () =>
        graphql(`query Statuses($ids: [ID!]!) { statuses(jobIds: $ids) { ${report} } }`, {
          ids: someIds(100),
        }),
      ),
    },
    [`jobs(first: 20) of ${JOBS}`]: {
      url: api,
      requests: [
        graphql('query Jobs { jobs(first: 20) { nodes { id status originalFilename createdAt } } }', {}),
      ],
    },
    'results, a page of 100 frames': {
      url: api,
      requests: [
        graphql(`query Page($id: ID!) { results(jobId: $id) { frames(first: 100) { pageInfo ${page} } } }`, {
          id: resultsJob,
        }),
      ],
    },
  };

  const rounds = new Map<string, Load[]>(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, { url, requests }] of Object.entries(candidates)) {
      const load = await measureLoad({ url, requests, connections: CONNECTIONS, seconds: SECONDS });
      // The first round warms everything up.
      if (round > 0) rounds.get(name)?.push(load);
    }
    console.log(round === 0 ? 'warmed up' : `round ${round} of ${ROUNDS} done`);
  }

  const table = new Table({ head: ['', 'requests/s', 'p99 ms', 'failed', 'of the bare rate'] });
  const bareRate = summarise(rounds.values().next().value ?? []).requestsPerSecond;
  for (const [name, loads] of rounds) {
    const { requestsPerSecond, p99, failures } = summarise(loads);
    table.push([
      name,
      requestsPerSecond.toFixed(0),
      p99,
      failures,
      (requestsPerSecond / bareRate).toFixed(2),
    ]);
  }
  console.log(table.toString());
} finally {
  await stack.close();
}
