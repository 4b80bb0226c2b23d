import { setTimeout as delay } from 'node:timers/promises';
import { isSettledStatus, type KnownJob, type Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { SoakClient } from './soak-client.ts';

const REPEAT_PAUSE_MS = 500;
/** After that, a client that gets no answer gives up. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = [500, 4_000] as const;
const WEIGHTS = { cancel: 5, retry: 5, delete: 1 } as const;
type Action = keyof typeof WEIGHTS;

/** What an action may be refused with, because others act at the same time. */
const REFUSALS: Readonly<Record<Action, string>> = {
  cancel: 'JOB_NOT_CANCELABLE',
  retry: 'JOB_NOT_RETRYABLE',
  delete: 'JOB_NOT_FOUND',
};

/** Cancels, retries and deletes jobs of all owners until `until`, one after the other, so that the last word is known. */
export async function runMeddler(deps: {
  clients: readonly SoakClient[];
  ledger: Ledger;
  random: Random;
  /** Milliseconds since the epoch. */
  until: number;
  /** Told of each action that had an effect. */
  onAction: (name: string) => void;
}): Promise<void> {
  const { clients, ledger, random, until, onAction } = deps;

  const choose = (action: Action): KnownJob | undefined => {
    const present = [...ledger.jobs.values()].filter(({ deleted }) => deleted === 'no');
    if (action === 'delete') return random.pick(present);
    if (action === 'cancel') return random.pick(present.filter(({ status }) => !isSettledStatus(status)));
    return random.pick(present.filter(({ status }) => status === 'FAILED' || status === 'CANCELED'));
  };

  /** `unknown`: an answer was lost, so the action may have had its effect. */
  const note = (action: Action, job: KnownJob, outcome: 'done' | 'unknown'): void => {
    if (action === 'delete') job.deleted = outcome === 'done' ? 'yes' : 'doubt';
    else if (outcome === 'unknown') job.canceled = 'doubt';
    else {
      job.canceled = action === 'cancel' ? 'yes' : 'no';
      job.status = action === 'cancel' ? 'CANCELED' : 'PENDING';
    }
    onAction(`${action}Job`);
  };

  const act = async (action: Action, job: KnownJob): Promise<void> => {
    const client = clients.find(({ owner }) => owner === job.owner);
    if (!client) throw new Error(`Nobody acts for ${job.owner}.`);
    if (action === 'delete') job.deleted = 'asked';
    const deadline = Date.now() + PATIENCE_MS;
    for (let lost = false; ; lost = true) {
      const answer = await client.change(action, job.jobId, [REFUSALS[action]]);
      if (answer.ok) return note(action, job, 'done');
      if (answer.refusal.code === REFUSALS[action]) {
        if (lost) return note(action, job, 'unknown');
        if (action === 'delete') ledger.mismatch(`job ${job.jobId} was not there to be deleted`);
        return;
      }
      if (Date.now() > deadline) return note(action, job, 'unknown');
      await delay(REPEAT_PAUSE_MS);
    }
  };

  while (Date.now() < until) {
    await delay(random.between(...PAUSE_MS));
    const action = random.weighted<Action>(WEIGHTS);
    const job = choose(action);
    if (job) await act(action, job);
  }
}
