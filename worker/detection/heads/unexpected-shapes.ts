import { AppError } from '../../../src/errors.ts';
import type { ModelManifest } from '../models/manifest.ts';
import type { RawOutput } from './head.ts';

/** Says that a head cannot decode what the model answers. */
export function unexpectedShapes(head: ModelManifest['head'], outputs: readonly RawOutput[]): AppError {
  const shapes = outputs.map((output) => `[${output.shape.join(', ')}]`).join(' and ');
  return new AppError(
    'MODEL_UNAVAILABLE',
    `The model's outputs have the shapes ${shapes || 'of nothing'}, which the ${head} head cannot decode. ` +
      "Correct the outputs, the labels or the head in the model's manifest.",
  );
}
