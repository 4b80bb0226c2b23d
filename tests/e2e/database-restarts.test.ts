import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import type { EmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { startServiceProcess, type ServiceProcess } from '../../src/processes/service-process.ts';
import { makeKey } from '../helpers/api-keys.ts';
import { portOf, startOwnPostgres } from '../helpers/own-postgres.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

// Before the folder is removed, which the next hook does.
afterAll(async () => {
  await api.stop(10_000);
  await postgres.stop();
});
const dataDirectory = temporaryDirectory();
/** A request may not take longer, whatever happens to the database. */
const BOUND_MS = 8_000;
let postgres: EmbeddedPostgres;
let api: ServiceProcess;
let key: string;

beforeAll(async () => {
  postgres = await startOwnPostgres(dataDirectory);
  api = await startServiceProcess({
    name: 'api',
    entry: join(projectRoot, 'dist/src/main.js'),
    environment: childEnvironment({
      DATABASE_URL: postgres.databaseUrl,
      DATA_DIR: dataDirectory,
      PORT: '0',
      AUTHENTICATION: 'keys',
      REQUESTS_PER_MINUTE: '1000000000',
      MAX_UPLOADS_AT_ONCE: '100',
    }),
    logFile: join(dataDirectory, 'api.log'),
    signal: AbortSignal.timeout(60_000),
  });
  key = await makeKey(postgres.databaseUrl, 'ann', ['admin']);
});

const failureShape = z.object({ code: z.string() });
const graphqlShape = z.object({
  errors: z.array(z.object({ extensions: failureShape })).optional(),
});

/** What became of a request: `data`, or the code it was refused with. */
type Outcome = string;

const headers = () => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
/** A request of each kind that the service takes; each asks the database more than once. */
const requests: Record<string, () => Promise<Outcome>> = {
  async query() {
    const body = JSON.stringify({ query: '{ jobs { totalCount } }' });
    const signal = AbortSignal.timeout(BOUND_MS);
    const response = await fetch(`${api.ready}/graphql`, {
      method: 'POST',
      headers: headers(),
      body,
      signal,
    });
    return graphqlShape.parse(await response.json()).errors?.[0]?.extensions.code ?? 'data';
  },
  async status() {
    const signal = AbortSignal.timeout(BOUND_MS);
    const address = `${api.ready}/video/status/7f1c6f0e-0000-4000-8000-000000000000`;
    const response = await fetch(address, { headers: headers(), signal });
    const { code } = failureShape.parse(await response.json());
    if (code === 'DATABASE_UNAVAILABLE') expect(response.status).toBe(503);
    return code === 'JOB_NOT_FOUND' ? 'data' : code;
  },
  async upload() {
    const video = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2'.padEnd(1_000, '\0'), 'latin1');
    const signal = AbortSignal.timeout(BOUND_MS);
    const response = await fetch(`${api.ready}/uploads`, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'video/mp4' },
      body: video,
      signal,
    });
    const answer: unknown = await response.json();
    return response.status === 201 ? 'data' : failureShape.parse(answer).code;
  },
};

/** Sends requests of all kinds, several at a time, until `stop`, which resolves to what became of them. */
function sendRequests(): { outcomes: Outcome[]; stop(): Promise<void> } {
  const outcomes: Outcome[] = [];
  const stopping = new AbortController();
  const send = async (request: () => Promise<Outcome>) => {
    while (!stopping.signal.aborted) {
      outcomes.push(await request().catch(String));
      // What is refused at once must not become a storm.
      await delay(5);
    }
  };
  const senders = Object.values(requests).flatMap((request) => [1, 2, 3, 4].map(() => send(request)));
  return {
    outcomes,
    async stop() {
      stopping.abort();
      await Promise.all(senders);
    },
  };
}

const reach = (outcomes: Outcome[], outcome: Outcome, count: number) =>
  waitFor(
    async () => (outcomes.filter((one) => one === outcome).length >= count ? true : undefined),
    30_000,
    `${count} requests to end with ${outcome}`,
  );

async function expectAllToSucceed(): Promise<void> {
  const all = Object.values(requests).flatMap((request) => Array.from({ length: 15 }, request));
  expect(new Set(await Promise.all(all))).toEqual(new Set(['data']));
}

describe('requests while Postgres', () => {
  it('crashes and recovers are all answered, and succeed afterwards', async () => {
    const flow = sendRequests();
    await reach(flow.outcomes, 'data', 50);
    for (let crash = 0; crash < 3; crash += 1) {
      await postgres.restart('immediate');
      const before = flow.outcomes.filter((outcome) => outcome === 'data').length;
      await reach(flow.outcomes, 'data', before + 50);
    }
    await flow.stop();
    expect(new Set(flow.outcomes)).toEqual(new Set(['data', 'DATABASE_UNAVAILABLE']));
    await expectAllToSucceed();
  });

  it('is stopped for a while are refused, and succeed afterwards', async () => {
    const flow = sendRequests();
    await reach(flow.outcomes, 'data', 20);
    await postgres.stop();
    await reach(flow.outcomes, 'DATABASE_UNAVAILABLE', 200);
    postgres = await startOwnPostgres(dataDirectory, portOf(postgres.databaseUrl));
    const before = flow.outcomes.filter((outcome) => outcome === 'data').length;
    await reach(flow.outcomes, 'data', before + 50);
    await flow.stop();
    expect(new Set(flow.outcomes)).toEqual(new Set(['data', 'DATABASE_UNAVAILABLE']));
    await expectAllToSucceed();
  });
});
