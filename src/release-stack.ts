/** What to end when the owner ends: closed in the reverse order of adding, each even if others fail. */
export interface ReleaseStack {
  /** Adds something that is now owned and must be closed. */
  add(close: () => Promise<void>): void;
  /** Closes everything, last added first; a second call does nothing. Rejects with the failures, if any. */
  close(): Promise<void>;
}

/** See ReleaseStack. */
export function createReleaseStack(): ReleaseStack {
  const releases: (() => Promise<void>)[] = [];
  return {
    add(close) {
      releases.push(close);
    },
    async close() {
      const failures: unknown[] = [];
      for (let release = releases.pop(); release; release = releases.pop()) {
        try {
          // One after the other, because the later ones may still use the earlier.
          await release();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be closed.');
    },
  };
}
