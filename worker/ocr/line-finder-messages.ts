import type { ChangeMask } from '../change-mask.ts';
import type { LumaImage } from '../luma-image.ts';
import type { FoundLine } from './find-lines.ts';

/** What the thread is asked for; the pixels lie in shared memory. */
export interface FindRequest {
  frame: LumaImage;
  changed?: ChangeMask;
}

/** Its answer. */
export interface FoundReport {
  lines: FoundLine[];
  /** Milliseconds of work. */
  elapsedMs: number;
}
