import { ERROR_CODES, isErrorCode } from '../../dist/src/error-codes.js';

/** One request of a client that failed. */
export interface FailedRequest {
  kind: string;
  /** A code of the product, or `connection`. */
  code: string;
  message: string;
  /** Milliseconds since the epoch. */
  from: number;
  until: number;
}

/** What a kind of requests came to. */
export interface RequestFigures {
  kind: string;
  count: number;
  /** How many by outcome: `ok`, `connection` or a code. */
  outcomes: ReadonlyMap<string, number>;
  p50: number;
  p99: number;
}

/** Counts and times the requests of all clients. */
export interface RequestLog {
  note(
    kind: string,
    request: { from: number; until: number; outcome: string; message?: string; expected?: boolean },
  ): void;
  figures(): RequestFigures[];
  /** Failures that nothing explains; an outage explains what a client is told to repeat. */
  unexplained(outages: readonly { from: number; until: number }[]): FailedRequest[];
}

/** Clients may notice an outage for so long after its end: pools and listeners connect anew. */
const AFTERMATH_MS = 5_000;

export function createRequestLog(): RequestLog {
  const kinds = new Map<string, { times: number[]; outcomes: Map<string, number> }>();
  const failures: FailedRequest[] = [];

  return {
    note(kind, { from, until, outcome, message = '', expected = false }) {
      const known = kinds.get(kind) ?? { times: [], outcomes: new Map<string, number>() };
      kinds.set(kind, known);
      known.times.push(until - from);
      known.outcomes.set(outcome, (known.outcomes.get(outcome) ?? 0) + 1);
      if (outcome !== 'ok' && !expected) failures.push({ kind, code: outcome, message, from, until });
    },
    figures: () =>
      [...kinds].map(([kind, { times, outcomes }]) => {
        const sorted = times.toSorted((a, b) => a - b);
        const at = (share: number) =>
          sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
        return { kind, count: sorted.length, outcomes, p50: at(0.5), p99: at(0.99) };
      }),
    unexplained: (outages) =>
      failures.filter(({ code, from, until }) => {
        const mayRepeat = code === 'connection' || (isErrorCode(code) && ERROR_CODES[code].retryable);
        const meets = outages.some((one) => from <= one.until + AFTERMATH_MS && until >= one.from);
        return !(mayRepeat && meets);
      }),
  };
}
