import { array, constantFrom, nat, oneof, record, tuple, type Arbitrary } from 'fast-check';

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

/** A choice by weights. */
function often<T>(...choices: [weight: number, arbitrary: Arbitrary<T>][]): Arbitrary<T> {
  return oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}
function ofKind<Kind extends string>(...kinds: Kind[]): Arbitrary<{ kind: Kind }> {
  return record({ kind: constantFrom(...kinds) });
}
function chosen<Kind extends string>(
  nth: Arbitrary<number>,
  ...kinds: Kind[]
): Arbitrary<{ kind: Kind; nth: number }> {
  return record({ kind: constantFrom(...kinds), nth });
}
function settling(nth: Arbitrary<number>): Arbitrary<AttemptEvent> {
  return record({
    kind: constantFrom('settle' as const),
    nth,
    // Twice as often as the others, because it takes several to use up the attempts.
    how: constantFrom(...ENDINGS, 'retryable' as const),
    // Rarely: a job that waits for an hour is out of the game until it is canceled.
    delayed: nat({ max: 9 }).map((number) => number === 9),
  });
}

const take = ofKind('take');
const latest = constantFrom(0);
const any = nat({ max: 5 });

/** Events that make sense one after the other; without them, most of what happens would lead nowhere. */
const scene: Arbitrary<JobEvent[]> = often<JobEvent[]>(
  [6, tuple(take, settling(latest))],
  [4, tuple(take, chosen(latest, 'fallSilent'), often<JobEvent>([2, take], [1, ofKind('reconcile')]))],
  [2, tuple(take, chosen(latest, 'checkpoint'), chosen(latest, 'fallSilent'))],
  [1, tuple(take, settling(latest), take, settling(latest))],
  [1, tuple(take, chosen(any, 'cancel'))],
  [4, tuple(chosen(any, 'retry'))],
  [2, tuple(chosen(any, 'cancel'))],
  [3, tuple(settling(any))],
  [3, tuple(chosen(any, 'describeMedia', 'beginStoring', 'checkpoint', 'fallSilent'))],
  [2, tuple(ofKind('submit', 'take', 'reconcile'))],
  [1, tuple(chosen(any, 'delete'))],
);

/** What may happen to a job, and to another beside it. */
export const jobEvents: Arbitrary<JobEvent[]> = array(scene, {
  minLength: 4,
  maxLength: 10,
  size: 'max',
}).map((scenes) => scenes.flat());
