import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { SoakClient } from './soak-client.ts';
import type { Submission } from './submissions.ts';

/** Jobs that may be unsettled before a submitter waits: so the pace is that of the machine. */
const MAX_OPEN = 10;
const PAUSE_MS = [50, 400] as const;
const REPEAT_PAUSE_MS = 500;
/** After that, a client that gets no answer gives up. */
const PATIENCE_MS = 60_000;

/** Submits until `until`. A submission without an idempotency key is sent once, one with a key until it is answered. */
export async function runSubmitter(deps: {
  client: SoakClient;
  next: () => Submission;
  ledger: Ledger;
  random: Random;
  /** Milliseconds since the epoch. */
  until: number;
}): Promise<void> {
  const { client, next, ledger, random, until } = deps;

  const submit = async (submission: Submission): Promise<void> => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await client.submit(submission);
      if (answer.ok) {
        ledger.acknowledge(submission, answer.value);
        return;
      }
      if (submission.idempotencyKey === null || Date.now() > deadline) {
        ledger.leaveUnanswered(submission);
        return;
      }
      await delay(REPEAT_PAUSE_MS);
    }
  };

  let last: Submission | undefined;
  while (Date.now() < until) {
    await delay(random.between(...PAUSE_MS));
    if (ledger.open().length >= MAX_OPEN) continue;
    // Now and then a client that is not sure says the same again, at once or some time later.
    const repeated = last?.idempotencyKey && random.chance(0.2) ? last : undefined;
    const submission = repeated ?? next();
    await submit(submission);
    last = submission;
    if (submission.idempotencyKey !== null && random.chance(0.2)) {
      await Promise.all([submit(submission), submit(submission)]);
    }
  }
}
