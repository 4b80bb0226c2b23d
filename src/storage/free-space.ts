import { AppError } from '../errors.ts';
import type { StorageService } from './storage-service.ts';

/** A running upload looks at the free space again after so many bytes. */
const CHECK_BYTES = 64 * 1024 * 1024;

/** Keeps some room on the storage's disk free, so that what runs already can end, and the database too. */
export interface SpaceGuard {
  /**
   * Whether `bytes` more leave the reserve alone; 0 asks whether it is whole now. Costs one system call.
   * @throws AppError STORAGE_FULL
   */
  assertRoom(bytes?: number): Promise<void>;
  /** The bytes of `source`, ended with STORAGE_FULL when the reserve is touched meanwhile: looked at every 64 MiB. */
  whileRoom(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined>;
}

/** See SpaceGuard. `minFreeBytes`: the reserve. */
export function createSpaceGuard(deps: {
  storage: Pick<StorageService, 'freeBytes'>;
  minFreeBytes: number;
}): SpaceGuard {
  const { storage, minFreeBytes } = deps;

  const assertRoom = async (bytes = 0) => {
    if ((await storage.freeBytes()) - bytes >= minFreeBytes) return;
    throw new AppError(
      'STORAGE_FULL',
      'The disk of the service has too little room left. Try again later, when the operator has made room.',
    );
  };

  return {
    assertRoom,
    async *whileRoom(source) {
      let unchecked = CHECK_BYTES;
      for await (const chunk of source) {
        unchecked += chunk.length;
        if (unchecked >= CHECK_BYTES) {
          await assertRoom();
          unchecked = 0;
        }
        yield chunk;
      }
    },
  };
}
