import autocannon from 'autocannon';
import { median } from '../../worker/median.ts';

/** What one round of requests measured. */
export interface Load {
  requestsPerSecond: number;
  /** Milliseconds. */
  p99: number;
  /** Answers that were not 2xx, or held GraphQL errors. */
  failures: number;
}

/** Sends the same requests over `connections` connections for `seconds`; `requests` are taken in turn. */
export async function measureLoad(options: {
  url: string;
  connections: number;
  seconds: number;
  requests: autocannon.Request[];
}): Promise<Load> {
  const run = autocannon({
    url: options.url,
    connections: options.connections,
    duration: options.seconds,
    requests: options.requests,
    verifyBody: (body) => !String(body).includes('"errors"'),
  });
  const result = await run;
  return {
    requestsPerSecond: result.requests.average,
    p99: result.latency.p99,
    failures: result.non2xx + result.errors + result.mismatches,
  };
}

/** The median of the rounds' rates, with the p99 and failures of the worst round. */
export function summarise(rounds: readonly Load[]): Load {
  return {
    requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
    p99: Math.max(...rounds.map((round) => round.p99)),
    failures: rounds.reduce((sum, round) => sum + round.failures, 0),
  };
}
