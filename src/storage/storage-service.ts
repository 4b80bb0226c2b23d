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

/** Files that arrive in parts, over several requests: no reader sees them before they are completed. */
export interface PartialFiles {
  /** Bytes that have arrived; 0 for a file that was never begun. */
  size(key: string): Promise<number>;
  /**
   * Appends `source` to the file and resolves to its new size. What arrived before `source` failed stays.
   * @throws AppError INVALID_ARGUMENT when `offset` is not the file's size, or when another process appended at the same
   * time, and then the file is removed; what `source` throws.
   */
  append(key: string, offset: number, source: AsyncIterable<Uint8Array>): Promise<number>;
  /** Puts the file into place: from now on it is a whole file under `key`. */
  complete(key: string): Promise<void>;
  /** Removes the file; a missing one is no error. */
  delete(key: string): Promise<void>;
}

/**
 * Keeps whole files under flat keys (letters, digits, `.`, `_`, `-`). A reader sees a whole file or none.
 * A missing file, a full disk or a forbidden folder is AppError STORAGE_FAILED; a malformed key INVALID_ARGUMENT.
 */
export interface StorageService {
  readonly partials: PartialFiles;
  /** Writes `source` to its end under `key`, replacing what was there, and resolves to the size in bytes. */
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
}
