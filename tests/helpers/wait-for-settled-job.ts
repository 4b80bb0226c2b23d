import { z } from 'zod';
import type { ServiceClient } from './running-service.ts';
import { waitFor } from './wait-for.ts';

const answerSchema = z.object({
  status: z.object({
    status: z.string(),
    progress: z.number(),
    attempt: z.int(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    pollAfterMs: z.number().nullable(),
  }),
});
const STATUS =
  'query($id: ID!) { status(jobId: $id) { status progress attempt errorCode errorMessage pollAfterMs } }';

/** Polls a job until there is nothing more to wait for, and resolves to how it stands then. */
export async function waitForSettledJob(
  service: ServiceClient,
  jobId: string,
  options: { key?: string; timeoutMs?: number } = {},
): Promise<z.infer<typeof answerSchema>['status']> {
  const { key, timeoutMs = 60_000 } = options;
  const look = async () => {
    const { status } = answerSchema.parse((await service.request(STATUS, { id: jobId }, key)).data);
    return status.pollAfterMs === null ? status : undefined;
  };
  return waitFor(look, timeoutMs, `the job ${jobId} to be settled`);
}
