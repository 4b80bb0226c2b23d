import { z } from 'zod';
import { AppError } from '../errors.ts';

/** Shape of one thing that `foregsyte doctor` looked at. */
export const findingSchema = z.object({
  /** What was looked at, for a person: `ffmpeg`, `data folder`. */
  subject: z.string(),
  /** `note`: the service runs, but could run better. `problem`: it cannot run, or could analyse nothing. */
  verdict: z.enum(['ok', 'note', 'problem']),
  /** What is there; for a problem with what to do about it. */
  found: z.string(),
  /** What would make a `note` better. */
  advice: z.string().optional(),
});

/** One thing that `foregsyte doctor` looked at. */
export type Finding = z.infer<typeof findingSchema>;

/** What a look at something tells about it. */
export type Observation = Omit<Finding, 'subject'>;

/** Nothing is to be done. */
export function fine(found: string): Observation {
  return { verdict: 'ok', found };
}

/** The service runs, but could run better. */
export function note(found: string, advice: string): Observation {
  return { verdict: 'note', found, advice };
}

/** Looks at something; a failure of any kind is a problem, in words that say what to do. */
export async function inspect(subject: string, look: () => Promise<Observation>): Promise<Finding> {
  try {
    return { subject, ...(await look()) };
  } catch (error) {
    return { subject, verdict: 'problem', found: explain(error) };
  }
}

function explain(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const reason = error instanceof Error ? error.message : String(error);
  return `It does not work (${reason}). Mend what the reason names, or install the packages again with \`npm ci\`.`;
}
