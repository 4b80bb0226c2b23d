import { AppError } from '../../src/errors.ts';

const MAX_LISTED_LABELS = 100;

/** @throws AppError INVALID_ARGUMENT when the model does not know one of the wanted labels, listing those it knows. */
export function assertKnownLabels(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.findIndex((label) => !known.includes(label));
  if (unknown !== -1) throw unknownLabel(unknown, wanted[unknown] ?? '', known);
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
