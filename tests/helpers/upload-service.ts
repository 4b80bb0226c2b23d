import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { makeKey } from './api-keys.ts';
import { startService, TINY_VIDEO, type Answer, type RunningService } from './running-service.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const MIB = 1024 * 1024;
export const MAX_UPLOAD_BYTES = 40 * MIB;

/** A service without a worker that takes uploads, with a key for it. */
export interface UploadService {
  service: RunningService;
  key: string;
  /** Folder of the stored files. */
  storage: string;
  /** 24 MiB that begin like an MP4, in which no part can stand for another. */
  large: Buffer;
  /** Names of the stored files, partial ones included. */
  files(): Promise<string[]>;
  submitUpload(uploadId: string): Promise<Answer>;
}

/** Starts the service before the tests, for at most two uploads at once; the returned function gives it to a test. */
export function useUploadService(): () => UploadService {
  const dataDirectory = temporaryDirectory();
  const storage = join(dataDirectory, 'storage');
  let service: RunningService;
  let key: string;
  let large: Buffer;
  beforeAll(async () => {
    service = await startService({
      dataDirectory,
      worker: false,
      environment: {
        AUTHENTICATION: 'keys',
        MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
        MAX_UPLOADS_AT_ONCE: '2',
      },
    });
    key = await makeKey(service.database.url, 'ann', ['admin']);
    const body = Buffer.alloc(24 * MIB);
    for (let at = 0; at < body.length; at += 4) body.writeUInt32LE((at * 2654435761) >>> 0, at);
    large = Buffer.concat([(await readFile(TINY_VIDEO)).subarray(0, 64), body]);
  });
  afterAll(() => service.stop());

  const mutation =
    'mutation($id: ID!) { submitVideo(uploadId: $id) { id status sizeBytes sha256 originalFilename } }';
  return () => ({
    service,
    key,
    storage,
    large,
    files: async () =>
      [...(await readdir(storage)), ...(await readdir(join(storage, 'tmp')))].filter(
        (name) => name !== 'tmp' && name !== '.owner',
      ),
    submitUpload: (uploadId) => service.request(mutation, { id: uploadId }, key),
  });
}

/** SHA-256, hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
