import { createHash, randomUUID, type Hash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { z } from 'zod';
import { lockOwner } from '../access/lock-owner.ts';
import type { Quotas } from '../access/quotas.ts';
import { AppError } from '../errors.ts';
import { BATCH_SIZE, removeInBatches } from '../remove-in-batches.ts';
import { assertMp4Header, HEADER_BYTES, inspectUpload, readUploadFacts } from './inspect-upload.ts';
import type { SpaceGuard } from '../storage/free-space.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { displayFilename } from './display-filename.ts';
import { UploadEntity } from './upload.entity.ts';

const uuidSchema = z.uuid();

/** An upload whose whole file lies in storage. */
export type CompleteUpload = UploadEntity & { sha256: string };

/** Uploads that precede their job: whole ones in one request, or resumable ones in parts. */
export interface Uploads {
  /** Stores a whole file. Throws what `inspectUpload`, storage or `bytes` throw, QUOTA_EXCEEDED and STORAGE_FULL. */
  store(owner: string, filename: string, bytes: AsyncIterable<Uint8Array>): Promise<CompleteUpload>;
  /** Announces a file of `sizeBytes` that will arrive in parts. @throws AppError QUOTA_EXCEEDED, STORAGE_FULL, INVALID_VIDEO for an empty one. */
  begin(request: {
    uploadId: string;
    owner: string;
    filename: string;
    sizeBytes: number;
  }): Promise<UploadEntity>;
  /** Whether this owner has such an upload that has not expired. */
  has(owner: string, uploadId: string): Promise<boolean>;
  /** The upload and how many of its bytes have arrived; null when there is none of this owner, or it has expired. */
  find(owner: string, uploadId: string): Promise<{ upload: UploadEntity; offset: number } | null>;
  /**
   * Appends to a resumable upload and resolves to its new offset. The last part completes it: see `requireComplete`.
   * @throws AppError STORAGE_FULL when there is no room for the rest of the file; what arrived before stays.
   */
  append(upload: UploadEntity, offset: number, bytes: AsyncIterable<Uint8Array>): Promise<number>;
  /**
   * The complete upload of that owner. One whose bytes have all arrived is completed when that has not happened yet.
   * @throws AppError UPLOAD_NOT_FOUND; INVALID_VIDEO when it is no MP4, and then it is removed.
   */
  requireComplete(owner: string, uploadId: string): Promise<CompleteUpload>;
  /** Takes a complete upload away, in a transaction, for the job that consumes it: false when another one did. */
  consume(transaction: EntityManager, upload: CompleteUpload): Promise<boolean>;
  /** Removes an upload that no job has consumed; another one is no error, and nothing happens to its file. */
  remove(uploadId: string): Promise<void>;
  /** Removes the uploads whose time is over, until the signal is aborted, and resolves to their number. */
  removeExpired(signal: AbortSignal): Promise<number>;
}

/** Storage key of the file of an upload, and of the job that will consume it. */
export function inputKey(uploadId: string): string {
  return `${uploadId}.mp4`;
}

/** See Uploads. An upload expires `ttlMs` after it was begun or its last part arrived. */
export function createUploads(deps: {
  dataSource: DataSource;
  storage: StorageService;
  space: SpaceGuard;
  quotas: Quotas;
  ttlMs: number;
}): Uploads {
  const { dataSource, storage, space, quotas, ttlMs } = deps;
  const uploads = dataSource.getRepository(UploadEntity);
  const expiry = () => new Date(Date.now() + ttlMs);
  const isComplete = (upload: UploadEntity): upload is CompleteUpload => upload.sha256 !== null;

  const insert = <Sha256 extends string | null>(
    row: Omit<UploadEntity, 'createdAt' | 'expiresAt'> & { sha256: Sha256 },
  ): Promise<UploadEntity & { sha256: Sha256 }> =>
    dataSource.transaction(async (transaction) => {
      await lockOwner(transaction, row.owner);
      await quotas.assertRoomForUpload(transaction, row.owner, row.sizeBytes);
      await transaction.insert(UploadEntity, { ...row, expiresAt: expiry() });
      const upload = await transaction.findOneByOrFail(UploadEntity, { uploadId: row.uploadId });
      return Object.assign(upload, { sha256: row.sha256 });
    });

  const removeFiles = async (uploadId: string) => {
    await storage.partials.delete(inputKey(uploadId));
    await storage.delete(inputKey(uploadId));
  };

  /** Without its row, the upload has been removed, or has become a job, whose video the file is then. */
  const remove = async (uploadId: string) => {
    const { affected } = await uploads.delete({ uploadId });
    if (affected === 1) await removeFiles(uploadId);
  };

  /** An upload that is being renewed or consumed at the same moment is left to whoever came first. */
  const removeExpiredBatch = async (): Promise<number> => {
    const expired = await dataSource.query<{ uploadId: string }[]>(
      `WITH expired AS (
          SELECT upload_id FROM uploads WHERE expires_at <= now()
          ORDER BY expires_at LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED),
        removed AS (DELETE FROM uploads USING expired WHERE uploads.upload_id = expired.upload_id
          RETURNING uploads.upload_id)
        SELECT upload_id AS "uploadId" FROM removed`,
    );
    for (const { uploadId } of expired) await removeFiles(uploadId);
    return expired.length;
  };

  const findRow = async (owner: string, uploadId: string): Promise<UploadEntity | null> => {
    if (!uuidSchema.safeParse(uploadId).success) return null;
    const upload = await uploads.findOneBy({ uploadId, owner });
    return upload && upload.expiresAt > new Date() ? upload : null;
  };

  /** The bytes, while whose arrival the upload does not expire: a large part may take longer than an upload lives. */
  async function* renewing(
    { uploadId }: UploadEntity,
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    let renewAt = 0;
    for await (const chunk of bytes) {
      if (Date.now() >= renewAt) {
        renewAt = Date.now() + ttlMs / 4;
        await uploads.update({ uploadId }, { expiresAt: expiry() });
      }
      yield chunk;
    }
  }

  /** A process that ended in the middle of `complete` has put the file into place already. */
  const arrivedBytes = async ({ uploadId }: UploadEntity): Promise<number> => {
    const key = inputKey(uploadId);
    return (await storage.exists(key)) ? storage.size(key) : storage.partials.size(key);
  };

  /** Puts a file into place whose bytes have all arrived; unless its hash is known, reads it once. */
  const complete = async (upload: UploadEntity, knownSha256?: string): Promise<CompleteUpload> => {
    const key = inputKey(upload.uploadId);
    if (!(await storage.exists(key))) await storage.partials.complete(key);
    try {
      assertMp4Header(await storage.read(key, { start: 0, end: HEADER_BYTES }));
      const sha256 = knownSha256 ?? (await readUploadFacts(await storage.open(key))).sha256;
      await uploads.update({ uploadId: upload.uploadId }, { sha256, expiresAt: expiry() });
      return Object.assign(upload, { sha256 });
    } catch (error) {
      if (error instanceof AppError && error.code === 'INVALID_VIDEO') await remove(upload.uploadId);
      throw error;
    }
  };

  return {
    remove,

    async store(owner, filename, bytes) {
      const uploadId = randomUUID();
      const inspected = inspectUpload(space.whileRoom(bytes));
      const sizeBytes = await storage.save(inputKey(uploadId), inspected.bytes);
      try {
        const { sha256 } = inspected.facts();
        return await insert({
          uploadId,
          owner,
          filename: displayFilename(filename),
          sizeBytes,
          sha256,
        });
      } catch (error) {
        await storage.delete(inputKey(uploadId));
        throw error;
      }
    },

    async begin(request) {
      if (request.sizeBytes < 1)
        throw new AppError('INVALID_VIDEO', 'The file is empty. Send a whole MP4 file.');
      await space.assertRoom(request.sizeBytes);
      return insert({ ...request, filename: displayFilename(request.filename), sha256: null });
    },

    async has(owner, uploadId) {
      return (await findRow(owner, uploadId)) !== null;
    },

    async find(owner, uploadId) {
      const upload = await findRow(owner, uploadId);
      if (!upload) return null;
      return { upload, offset: await arrivedBytes(upload) };
    },

    async append(upload, offset, bytes) {
      // When the first part is the whole file, which is usual, it need not be read again.
      const hash = offset === 0 ? createHash('sha256') : null;
      await space.assertRoom(upload.sizeBytes - offset);
      const arriving = space.whileRoom(bytes);
      const renewed = renewing(upload, arriving);
      const source = hash ? hashing(renewed, hash) : renewed;
      const reached = await storage.partials.append(inputKey(upload.uploadId), offset, source);
      if (reached === upload.sizeBytes) await complete(upload, hash?.digest('hex'));
      else await uploads.update({ uploadId: upload.uploadId }, { expiresAt: expiry() });
      return reached;
    },

    async requireComplete(owner, uploadId) {
      const upload = await findRow(owner, uploadId);
      if (upload && isComplete(upload)) return upload;
      if (upload && (await arrivedBytes(upload)) === upload.sizeBytes) return complete(upload);
      throw new AppError(
        'UPLOAD_NOT_FOUND',
        'There is no complete upload with this id: it was consumed, has expired, or is still arriving.',
        { details: { argument: 'uploadId' } },
      );
    },

    async consume(transaction, { uploadId, owner }) {
      const result = await transaction.delete(UploadEntity, { uploadId, owner });
      return result.affected === 1;
    },

    removeExpired: (signal) => removeInBatches(removeExpiredBatch, signal),
  };
}

async function* hashing(bytes: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}
