import type { Readable } from 'node:stream';

/** Part of a file: from byte `start` up to, not including, byte `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A stored file as a path on this machine, for programs that read files; `release` when done with it. */
export interface LocalFile {
  path: string;
  release(): Promise<void>;
}

/** A stored file as a listing shows it. */
export interface StoredFile {
  key: string;
  sizeBytes: number;
  /** When it was last written to, by the clock of the file system. */
  modifiedAt: Date;
}

/** Files that arrive in parts, over several requests: no reader sees them before they are completed. */
export interface PartialFiles {
  /** Bytes that have arrived; 0 for a file that was never begun. */
  size(key: string): Promise<number>;
  /**
   * Appends `source` to the file and resolves to its new size. What arrived before `source` failed stays; when the file
   * system failed, nobody knows what did arrive, so the file is removed and begins anew.
   * @throws AppError INVALID_ARGUMENT when `offset` is not the file's size, or when another process appended at the same
   * time, and then the file is removed; what `source` throws.
   */
  append(key: string, offset: number, source: AsyncIterable<Uint8Array>): Promise<number>;
  /** Puts the file into place: from now on it is a whole file under `key`. */
  complete(key: string): Promise<void>;
  /** Removes the file; a missing one is no error. */
  delete(key: string): Promise<void>;
  /** The files that have begun and are not completed, one after the other while the folder is read. */
  list(): AsyncIterable<StoredFile>;
}

/**
 * Keeps whole files under flat keys (letters, digits, `.`, `_`, `-`). A reader sees a whole file or none.
 * A full disk is AppError STORAGE_FULL; a missing file, a forbidden folder or a broken disk STORAGE_FAILED; a malformed
 * key INVALID_ARGUMENT.
 *
 * While a file is being written, partial or not, no two minutes pass without a byte reaching it as long as its source
 * gives any: so what has not been written to for an hour is written by nobody.
 */
export interface StorageService {
  /** Makes the storage `owner`'s, a name of up to 100 characters, if it has no owner; resolves to whether it is theirs. */
  claim(owner: string): Promise<boolean>;
  readonly partials: PartialFiles;
  /**
   * Writes `source` to its end under `key`, replacing what was there, and resolves to the size in bytes. If anything
   * fails, nothing of `source` is left.
   */
  save(key: string, source: AsyncIterable<Uint8Array>): Promise<number>;
  /** Opens the file, or a part of it, for reading. The caller must read or destroy the stream. */
  open(key: string, range?: ByteRange): Promise<Readable>;
  /** Reads a part of the file into memory. */
  read(key: string, range: ByteRange): Promise<Buffer>;
  /** Removes the file; a missing one is no error. */
  delete(key: string): Promise<void>;
  exists(key: string): Promise<boolean>;
  /** Size in bytes. */
  size(key: string): Promise<number>;
  /** Makes the file available as a local path. */
  toLocalFile(key: string): Promise<LocalFile>;
  /** The whole files whose keys begin with `prefix`, one after the other while the folder is read; not the partial ones. */
  list(prefix?: string): AsyncIterable<StoredFile>;
  /** Whether the place is there and may be read and written. @throws AppError STORAGE_FAILED */
  assertUsable(): Promise<void>;
  /** Bytes that we may still write. */
  freeBytes(): Promise<number>;
  /**
   * Removes temporary files, except partial ones, that nobody has written to for `idleMs` milliseconds: those of
   * processes that died in the middle. Resolves to their number.
   */
  removeAbandoned(idleMs: number): Promise<number>;
}
