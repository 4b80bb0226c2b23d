import { array, constantFrom, nat, oneof, record, type Arbitrary } from 'fast-check';

/** How an attempt ends. */
export const ENDINGS = ['complete', 'permanent', 'retryable', 'blameless', 'stopped'] as const;

/** Something that an attempt does, or that happens to it. `nth` chooses among all attempts ever made. */
export type AttemptEvent =
  | { kind: 'describeMedia' | 'beginStoring' | 'checkpoint' | 'fallSilent'; nth: number }
  /** `delayed`: another attempt, if there is one, has to wait for an hour. */
  | { kind: 'settle'; nth: number; how: (typeof ENDINGS)[number]; delayed: boolean };

/** Something that happens to jobs. `nth` chooses among all jobs ever made. */
export type JobEvent =
  | AttemptEvent
  | { kind: 'submit' | 'take' | 'reconcile' }
  | { kind: 'cancel' | 'retry' | 'delete'; nth: number };

const nth = nat({ max: 5 });
const ofKind = <Kind extends string>(...kinds: Kind[]) => constantFrom(...kinds);

const event: Arbitrary<JobEvent> = oneof(
  { weight: 1, arbitrary: record({ kind: ofKind('submit') }) },
  { weight: 6, arbitrary: record({ kind: ofKind('take') }) },
  { weight: 1, arbitrary: record({ kind: ofKind('reconcile') }) },
  {
    weight: 5,
    arbitrary: record({
      kind: ofKind('settle'),
      nth,
      how: constantFrom(...ENDINGS),
      // Rarely: a job that waits for an hour is out of the game until it is canceled.
      delayed: nat({ max: 7 }).map((number) => number === 7),
    }),
  },
  { weight: 3, arbitrary: record({ kind: ofKind('fallSilent'), nth }) },
  { weight: 3, arbitrary: record({ kind: ofKind('describeMedia', 'beginStoring', 'checkpoint'), nth }) },
  { weight: 2, arbitrary: record({ kind: ofKind('cancel'), nth }) },
  { weight: 3, arbitrary: record({ kind: ofKind('retry'), nth }) },
  { weight: 1, arbitrary: record({ kind: ofKind('delete'), nth }) },
);

/** What may happen to a job, and to another beside it. */
export const jobEvents: Arbitrary<JobEvent[]> = array(event, {
  minLength: 4,
  maxLength: 24,
  size: 'max',
});
