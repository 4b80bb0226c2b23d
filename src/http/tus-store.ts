import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/utils';
import type { UploadEntity } from '../uploads/upload.entity.ts';
import type { Uploads } from '../uploads/uploads.ts';

/** Our uploads as the tus server wants them. `ownerOfRequest` tells whose request is being handled. */
export class TusStore extends DataStore {
  readonly #uploads: Uploads;
  readonly #ttlMs: number;
  readonly #ownerOfRequest: () => string;

  constructor(deps: { uploads: Uploads; ttlMs: number; ownerOfRequest: () => string }) {
    super();
    this.#uploads = deps.uploads;
    this.#ttlMs = deps.ttlMs;
    this.#ownerOfRequest = deps.ownerOfRequest;
    this.extensions = ['creation', 'expiration', 'termination'];
  }

  override async create(given: Upload): Promise<Upload> {
    const { id, size = 0, metadata } = given;
    const owner = this.#ownerOfRequest();
    const filename = metadata?.['filename'] ?? '';
    const upload = await this.#uploads.begin({ uploadId: id, owner, filename, sizeBytes: size });
    given.creation_date = this.#creationDate(upload);
    return given;
  }

  override async getUpload(id: string): Promise<Upload> {
    const { upload, offset } = await this.#find(id);
    const metadata = { filename: upload.filename };
    return new Upload({
      id,
      offset,
      metadata,
      size: upload.sizeBytes,
      creation_date: this.#creationDate(upload),
    });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const { upload } = await this.#find(id);
    return this.#uploads.append(upload, offset, stream);
  }

  override async remove(id: string): Promise<void> {
    const { upload } = await this.#find(id);
    await this.#uploads.remove(upload.uploadId);
  }

  override getExpiration(): number {
    return this.#ttlMs;
  }

  async #find(id: string): Promise<{ upload: UploadEntity; offset: number }> {
    const found = await this.#uploads.find(this.#ownerOfRequest(), id);
    if (!found) throw ERRORS.FILE_NOT_FOUND;
    return found;
  }

  /** The server counts the time to live from here; with us every part that arrives renews it. */
  #creationDate(upload: UploadEntity): string {
    return new Date(upload.expiresAt.getTime() - this.#ttlMs).toISOString();
  }
}
