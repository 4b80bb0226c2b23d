import { setTimeout as delay } from 'node:timers/promises';
import { isSettledStatus, type Ledger } from './ledger.ts';
import type { SoakClient } from './soak-client.ts';
import type { Variant } from './submissions.ts';

/** How a job of a variant ends when nothing disturbs it: with that document, or with that code. */
export interface Outcome {
  status: string;
  errorCode: string | null;
  document: Buffer | null;
}

const PAUSE_MS = 200;
const DEADLINE_MS = 120_000;

/** The document without what differs from job to job: its id, and how long everything took. */
export function comparable(document: Buffer, jobId: string): Buffer {
  const text = document
    .toString('latin1')
    .replace(`"jobId":"${jobId}"`, '"jobId":""')
    .replace(/\n"timing":\{[^}]*\}\}\n$/, '\n"timing":{}}\n');
  return Buffer.from(text, 'latin1');
}

/** Runs one job of each variant in peace. The jobs are entered in the ledger like any others. */
export async function runUndisturbed(
  client: SoakClient,
  variants: readonly Variant[],
  ledger: Ledger,
): Promise<Map<Variant, Outcome>> {
  const deadline = Date.now() + DEADLINE_MS;

  const settle = async (variant: Variant): Promise<[Variant, Outcome]> => {
    const tag = `undisturbed ${variant.name}`;
    const submission = { tag, owner: client.owner, variant, priority: 0, idempotencyKey: null };
    const job = ledger.acknowledge(submission, valueOf(await client.submit(submission)));
    for (;;) {
      const standing = valueOf(await client.status(job.jobId));
      ledger.observe(job, standing);
      if (isSettledStatus(standing.status)) {
        const { status, errorCode } = standing;
        if (variant.damaged !== (status === 'FAILED')) throw new Error(`${tag} is ${status} (${errorCode}).`);
        if (status !== 'COMPLETED') return [variant, { status, errorCode, document: null }];
        const document = comparable(valueOf(await client.document(job.jobId)), job.jobId);
        return [variant, { status, errorCode, document }];
      }
      if (Date.now() > deadline) throw new Error(`${tag} is still ${standing.status}.`);
      await delay(PAUSE_MS);
    }
  };
  return new Map(await Promise.all(variants.map(settle)));
}

function valueOf<T>(
  answer: { ok: true; value: T } | { ok: false; refusal: { code: string; message: string } },
): T {
  if (answer.ok) return answer.value;
  throw new Error(`Refused without any disturbance: ${answer.refusal.code}: ${answer.refusal.message}`);
}
