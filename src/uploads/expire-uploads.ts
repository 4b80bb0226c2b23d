import type { Logger } from '../logger.ts';
import type { Uploads } from './uploads.ts';

const INTERVAL_MS = 60_000;

/** Removes expired uploads now and every minute, until `close`, which waits for a removal that is under way. */
export function startUploadExpiry(uploads: Uploads, logger: Logger): { close(): Promise<void> } {
  let running = Promise.resolve();
  const removeExpired = async () => {
    try {
      const count = await uploads.removeExpired();
      if (count > 0) logger.info({ count }, `${count} expired uploads were removed`);
    } catch (error) {
      logger.warn({ err: error }, 'expired uploads could not be removed; trying again later');
    }
  };
  const run = () => {
    running = removeExpired();
  };
  run();
  const timer = setInterval(run, INTERVAL_MS);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
