import { AppError } from '../errors.ts';

/** Bounds how many uploads of one owner this process receives at once. */
export interface UploadSlots {
  /** Runs `receive` in a slot of the owner's. @throws AppError QUOTA_EXCEEDED when none is free. */
  run<T>(owner: string, receive: () => Promise<T>): Promise<T>;
}

/** `perOwner`: slots of each owner. */
export function createUploadSlots(perOwner: number): UploadSlots {
  const taken = new Map<string, number>();
  return {
    async run(owner, receive) {
      const count = taken.get(owner) ?? 0;
      if (count >= perOwner) {
        throw new AppError(
          'QUOTA_EXCEEDED',
          `${perOwner} uploads are running already. Wait until one of them has ended.`,
          { details: { quota: 'uploadsAtOnce', limit: perOwner } },
        );
      }
      taken.set(owner, count + 1);
      try {
        return await receive();
      } finally {
        const left = (taken.get(owner) ?? 1) - 1;
        if (left > 0) taken.set(owner, left);
        else taken.delete(owner);
      }
    },
  };
}
