import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import type { SoakClient } from './soak-client.ts';

const PAUSE_MS = 500;
/** Most jobs that the service tells of in one answer. */
const JOBS_AT_ONCE = 100;

/** Keeps the ledger's open jobs up to date until `isOver`. */
export async function watchOpenJobs(
  clients: readonly SoakClient[],
  ledger: Ledger,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    for (const client of clients) {
      const open = ledger.open().filter(({ owner }) => owner === client.owner);
      const some = open.slice(0, JOBS_AT_ONCE);
      const answer = await client.statuses(some.map(({ jobId }) => jobId));
      if (!answer.ok) continue;
      for (const [index, job] of some.entries()) {
        const standing = answer.value[index];
        if (standing) ledger.observe(job, standing);
        else if (job.deleted === 'doubt') job.deleted = 'yes';
      }
    }
    await delay(PAUSE_MS);
  }
}
