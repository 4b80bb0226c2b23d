/**
 * How fast the API answers, on a real Postgres with 100,000 jobs, against a bare Express handler that runs the same
 * query. Rounds of all candidates alternate in one run, because machines are shared and noisy: read the ratios.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { createApiKeys } from '../../dist/src/access/api-keys.js';
import { startServiceProcess } from '../../dist/src/cli/service-process.js';
import { childEnvironment, projectRoot } from '../../dist/src/config.js';
import { connectDataSource } from '../../dist/src/database/data-source.js';
import { startEmbeddedPostgres } from '../../dist/src/database/embedded-postgres.js';
import { migrateUp } from '../../dist/src/database/run-migrations.js';
import { createSilentLogger } from '../../dist/src/logger.js';
import { createReleaseStack } from '../../dist/src/release-stack.js';
import { createLocalStorage } from '../../dist/src/storage/local-storage.js';
import { fillJobs, writeLongResults } from './api-data.ts';
import { measureLoad, summarise, type Load } from './load.ts';

const JOBS = 100_000;
const CONNECTIONS = 50;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const OWNER = 'bench';

const owned = createReleaseStack();
const logger = createSilentLogger();
const signal = AbortSignal.timeout(600_000);
const directory = await mkdtemp(join(tmpdir(), 'foregsyte-bench-'));
owned.add(() => rm(directory, { recursive: true, force: true }));
await chmod(directory, 0o755);
try {
  const postgres = await startEmbeddedPostgres({
    dataDirectory: directory,
    logger,
    settings: { max_connections: '100' },
  });
  owned.add(() => postgres.stop());
  const { databaseUrl } = postgres;
  await migrateUp(databaseUrl, logger);
  const dataSource = await connectDataSource(databaseUrl);
  owned.add(() => dataSource.destroy());

  console.log(`Making ${JOBS} jobs ...`);
  const jobIds = await fillJobs(dataSource, OWNER, JOBS);
  const resultsJob = jobIds[0] ?? '';
  const storage = await createLocalStorage(join(directory, 'storage'));
  await writeLongResults(storage, resultsJob, 2_000);
  const { key } = await createApiKeys(dataSource).create({ owner: OWNER, name: 'bench', scopes: ['read'] });

  const environment = childEnvironment({
    DATABASE_URL: databaseUrl,
    DATA_DIR: directory,
    PORT: '0',
    NODE_ENV: 'production',
    AUTHENTICATION: 'keys',
    REQUESTS_PER_MINUTE: '1000000000',
    LOG_LEVEL: 'warn',
  });
  const start = async (name: string, entry: string) => {
    const service = await startServiceProcess({ name, entry, environment, signal });
    owned.add(() => service.stop(5_000));
    return service.ready;
  };
  const api = await start('api', join(projectRoot, 'dist/src/main.js'));
  const bare = await start('bare', join(import.meta.dirname, 'bare-server.ts'));

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
    '{ frameIndex timestampMs detections { label confidence trackId box { x y width height } } texts { text confidence } }';
  const candidates = {
    'bare Express + pg, one status': {
      url: bare,
      requests: someIds(500).map((id) => ({ method: 'GET' as const, path: `/status/${id}` })),
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
        graphql(
          `query Page($id: ID!) { results(jobId: $id) { frames(limit: 100) { totalCount items ${page} } } }`,
          {
            id: resultsJob,
          },
        ),
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
  await owned.close();
}
