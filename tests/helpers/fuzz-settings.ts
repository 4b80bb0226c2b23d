/**
 * The same in every run unless the environment says otherwise, so that a run that fails tells of a change and not of a
 * new case. To look for new ones: FUZZ_SEED=$RANDOM FUZZ_CASES=5000. A later case has a larger seed by one, so that any
 * of them can be had alone.
 */
export const FUZZ_SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_125);

/** How many cases to make, unless the environment says otherwise. */
export function fuzzCases(preset: number): number {
  return Number(process.env['FUZZ_CASES'] ?? preset);
}

/** How to run the case of that seed again, for a message. */
export function howToRepeat(seed: number, file: string): string {
  return `FUZZ_SEED=${seed} FUZZ_CASES=1 npm test -- ${file}`;
}
