import { AppError } from '../../../src/errors.ts';
import type { RawOutput } from '../heads/head.ts';
import type { YoloManifest } from './manifest.ts';

/** Beyond any fraction of a picture's side, and below half of the smallest input's. */
const MAX_FRACTION = 2;
const MIN_PIXELS = 4;

/**
 * Tells the layout and the unit of a YOLO model by what it answered for one picture, whatever that shows: the anchors
 * lie on a grid over the whole input, so the median of their centres lies near its middle, at 0.5 or at half its width.
 * `classes` is how many labels the model has.
 * @throws AppError MODEL_UNAVAILABLE when the answer is of no known layout, or lies where no grid does.
 */
export function recogniseYolo(
  output: RawOutput | undefined,
  classes: number,
): Pick<YoloManifest, 'layout' | 'boxUnit'> {
  const layout = output && layoutOf(output.shape, classes);
  if (output === undefined || layout === undefined) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The model answers with the shape [${output?.shape.join(', ') ?? ''}]. That fits neither [1, N, ${5 + classes}] nor ` +
        `[1, ${4 + classes}, N], the layouts of YOLO with ${classes} labels. Give the labels it was trained with.`,
    );
  }
  const { shape, values } = output;
  const stride = layout === 'v5' ? (shape[2] ?? 1) : 1;
  const anchors = values.length / ((layout === 'v5' ? shape[2] : shape[1]) ?? 1);
  const centres = Float32Array.from(
    { length: anchors },
    (_, anchor) => values[anchor * stride] ?? Number.NaN,
  );
  const median = centres.toSorted()[Math.floor(anchors / 2)] ?? Number.NaN;
  if (median >= MIN_PIXELS) return { layout, boxUnit: 'pixels' };
  if (median > 0 && median < MAX_FRACTION) return { layout, boxUnit: 'fraction' };
  throw new AppError(
    'MODEL_UNAVAILABLE',
    'The boxes that the model answers are neither in pixels nor in fractions of its input. Export it again.',
  );
}

function layoutOf(
  [batch, second, third]: readonly number[],
  classes: number,
): YoloManifest['layout'] | undefined {
  if (batch !== 1) return undefined;
  if (second === 4 + classes) return 'v8';
  return third === 5 + classes ? 'v5' : undefined;
}
