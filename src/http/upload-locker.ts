import { ERRORS, type Locker, type RequestRelease } from '@tus/utils';

/** As long as the locker of the tus server waits; whoever holds an upload is given 3 s to let go of it. */
const LONGEST_WAIT_MS = 30_000;

/** Lets one request at a time work on an upload. */
export interface UploadLocker extends Locker {
  /** How many uploads somebody holds or waits for. */
  readonly size: number;
}

/** A request that holds an upload, or waits for it. */
interface Turn {
  /** Asks the request to let go of what it holds. */
  requestRelease: RequestRelease;
  begin(): void;
  fail(reason: unknown): void;
}

/**
 * Makes a locker for the tus server of this process. The server's own asks for the lock again in every turn of the event
 * loop, so that one request that waits keeps a whole processor core busy, and a newcomer may overtake it. Here those that
 * wait form a line and sleep: whoever lets go wakes the next, and whoever is next asks the holder to let go.
 * A lock is refused with ERR_LOCK_TIMEOUT after `timeoutMs` milliseconds, and with ABORTED when the request has ended.
 */
export function createUploadLocker(timeoutMs: number = LONGEST_WAIT_MS): UploadLocker {
  /** Of each upload, the holder and then those that wait, in the order in which they came. */
  const lines = new Map<string, Turn[]>();

  const askHolder = async ([holder, next]: Turn[]): Promise<void> => {
    if (!holder || !next) return;
    try {
      await holder.requestRelease();
    } catch (error) {
      next.fail(error);
    }
  };

  const leave = (key: string, turn: Turn): void => {
    const line = (lines.get(key) ?? []).filter((other) => other !== turn);
    if (line.length === 0) {
      lines.delete(key);
      return;
    }
    lines.set(key, line);
    line[0]?.begin();
    void askHolder(line);
  };

  return {
    get size() {
      return lines.size;
    },

    newLock(id) {
      // An id is a UUID, which names the same upload in capital letters.
      const key = id.toLowerCase();
      let held: Turn | undefined;
      return {
        async lock(signal, requestRelease) {
          if (signal.aborted) throw ERRORS.ABORTED;
          const { promise: begun, resolve: begin, reject: fail } = Promise.withResolvers<void>();
          const turn: Turn = { requestRelease, begin, fail };
          const line = [...(lines.get(key) ?? []), turn];
          lines.set(key, line);
          if (line.length > 1) {
            const timer = setTimeout(() => fail(ERRORS.ERR_LOCK_TIMEOUT), timeoutMs);
            const onAbort = () => fail(ERRORS.ABORTED);
            signal.addEventListener('abort', onAbort, { once: true });
            void askHolder(line);
            try {
              await begun;
            } catch (error) {
              leave(key, turn);
              throw error;
            } finally {
              clearTimeout(timer);
              signal.removeEventListener('abort', onAbort);
            }
          }
          held = turn;
        },

        async unlock() {
          if (!held) throw new Error('This upload is not locked.');
          const turn = held;
          held = undefined;
          leave(key, turn);
        },
      };
    },
  };
}
