import { AppError } from '../../src/errors.ts';
import type { Detection } from '../../src/results/results-document.ts';

const MAX_LISTED_LABELS = 100;

/** Tells whether a detection is wanted. */
export type LabelFilter = (detection: Detection) => boolean;

/**
 * The filter for the labels that a client asked for; none means all. The detector's suppression of double boxes works
 * on each class for itself, so it is all the same to a class whether others are passed over before or after it.
 * @throws AppError INVALID_ARGUMENT when the model knows one of them not, listing those it knows.
 */
export function createLabelFilter(wanted: readonly string[], known: readonly string[]): LabelFilter {
  if (wanted.length === 0) return () => true;
  const unknown = wanted.findIndex((label) => !known.includes(label));
  if (unknown !== -1) throw unknownLabel(unknown, wanted[unknown] ?? '', known);
  const labels = new Set(wanted);
  return ({ label }) => labels.has(label);
}

function unknownLabel(index: number, label: string, known: readonly string[]): AppError {
  const listed = known.toSorted().slice(0, MAX_LISTED_LABELS).join(', ');
  const rest = known.length > MAX_LISTED_LABELS ? `, and ${known.length - MAX_LISTED_LABELS} more` : '';
  return new AppError(
    'INVALID_ARGUMENT',
    `The detection model has no label "${label}". Submit the video again with labels of these, spelled the same: ` +
      `${listed}${rest}.`,
    { details: { argument: `options.labels[${index}]` } },
  );
}
