import { afterEach } from '@jest/globals';
import type { Services } from '../../src/services.ts';
import type { TakenJob } from '../../src/jobs/take-job.ts';
import { insertJob, removeAllJobs, takerOf } from './job-loop.ts';
import { useTestServices } from './test-services.ts';

/** Services of a test file's own, and jobs that attempts have taken; all jobs and files are removed after each test. */
export function useTakenJobs(): {
  services: () => Services;
  /** A new job, taken. */
  begin: () => Promise<TakenJob>;
  /** The worker of the attempt is given up for dead, and another takes the job over. */
  takeOver: (taken: TakenJob) => Promise<TakenJob>;
} {
  const services = useTestServices();
  afterEach(async () => {
    const { storage } = services();
    await removeAllJobs(services());
    for await (const { key } of storage.list()) await storage.delete(key);
  });
  const take = async (): Promise<TakenJob> => {
    const taken = await takerOf(services())();
    if (!taken) throw new Error('nothing was taken');
    return taken;
  };
  return {
    services,
    async begin() {
      await insertJob(services());
      return take();
    },
    async takeOver({ entry }) {
      await services().queue.release(entry);
      return take();
    },
  };
}
