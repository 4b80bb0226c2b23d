import { parseResultsKey } from '../results/results-keys.ts';

/** What a stored file is, by its key. `jobId` is the id of the upload, too, that the job consumed or will consume. */
export type StoredKey =
  | { kind: 'video'; jobId: string }
  /** A results document or its index; `attempt` is null for the names of older versions, which all attempts shared. */
  | { kind: 'results'; jobId: string; attempt: number | null; document: string }
  | { kind: 'checkpoint'; jobId: string; attempt: number };

const ID = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';
const VIDEO_PATTERN = new RegExp(String.raw`^${ID}\.mp4$`);
const CHECKPOINT_PATTERN = new RegExp(String.raw`^${ID}_(\d{1,9})_checkpoint_\d+\.ndjson$`);

/** Null for a key that none of our files has: such a file is somebody else's, and none of our business. */
export function parseStoredKey(key: string): StoredKey | null {
  const results = parseResultsKey(key);
  if (results) return { kind: 'results', ...results };
  const [, videoOf] = VIDEO_PATTERN.exec(key) ?? [];
  if (videoOf !== undefined) return { kind: 'video', jobId: videoOf };
  const [, checkpointOf, attempt] = CHECKPOINT_PATTERN.exec(key) ?? [];
  if (checkpointOf === undefined) return null;
  return { kind: 'checkpoint', jobId: checkpointOf, attempt: Number(attempt) };
}
