import type { YoloManifest } from '../models/manifest.ts';
import { type Head, MAX_DETECTIONS, type RawOutput } from './head.ts';
import { type Candidate, suppressNonMaxima } from './non-maximum-suppression.ts';
import { unexpectedShapes } from './unexpected-shapes.ts';

/** Calls `found` for every anchor and class whose score is at least the wanted one. */
type Scan = (
  values: Float32Array,
  anchors: number,
  classes: number,
  minConfidence: number,
  found: (anchor: number, classIndex: number, confidence: number) => void,
) => void;

/** How one layout of the output stores N anchors of C classes. */
interface Layout {
  /** Values of an anchor beside its class scores. */
  extra: number;
  /** Which dimensions of the shape count the anchors, and the values of each. */
  anchorDimension: 1 | 2;
  valueDimension: 1 | 2;
  scan: Scan;
}

const layouts: Readonly<Record<YoloManifest['layout'], Layout>> = {
  // [1, N, 5 + C]: the box, objectness, class scores. The confidence is the product of the two.
  v5: {
    extra: 5,
    anchorDimension: 1,
    valueDimension: 2,
    scan(values, anchors, classes, minConfidence, found) {
      for (let anchor = 0; anchor < anchors; anchor += 1) {
        const first = anchor * (5 + classes);
        const objectness = values[first + 4] ?? 0;
        // No class score is above 1, so nearly all anchors fall here.
        if (!(objectness >= minConfidence)) continue;
        for (let classIndex = 0; classIndex < classes; classIndex += 1) {
          const confidence = objectness * (values[first + 5 + classIndex] ?? 0);
          if (confidence >= minConfidence) found(anchor, classIndex, confidence);
        }
      }
    },
  },
  // [1, 4 + C, N]: the box, class scores, each for all anchors in a row.
  v8: {
    extra: 4,
    anchorDimension: 2,
    valueDimension: 1,
    scan(values, anchors, classes, minConfidence, found) {
      for (let classIndex = 0; classIndex < classes; classIndex += 1) {
        const row = (4 + classIndex) * anchors;
        for (let anchor = 0; anchor < anchors; anchor += 1) {
          const confidence = values[row + anchor] ?? 0;
          if (confidence >= minConfidence) found(anchor, classIndex, confidence);
        }
      }
    },
  },
};

/**
 * Head for YOLO as Ultralytics exports it, versions 5, 8 and 11: one output of N anchors, each with centre x, centre y,
 * width and height of a box in the input, in the unit of the manifest, and a score of each class.
 */
export function createYoloHead(
  manifest: Pick<YoloManifest, 'layout' | 'boxUnit' | 'labels' | 'input'>,
): Head {
  const { labels, input } = manifest;
  const layout = layouts[manifest.layout];
  const scale = manifest.boxUnit === 'pixels' ? input : { width: 1, height: 1 };
  return {
    decode(outputs, minConfidence) {
      const [output] = outputs;
      if (output === undefined || !fits(output, layout, labels.length))
        throw unexpectedShapes('yolo', outputs);
      const { values } = output;
      const anchors = output.shape[layout.anchorDimension] ?? 0;
      // Steps from one anchor to the next, and from one value of an anchor to the next.
      const stride = layout.anchorDimension === 1 ? layout.extra + labels.length : 1;
      const step = layout.anchorDimension === 1 ? 1 : anchors;
      const candidates: Candidate[] = [];
      layout.scan(values, anchors, labels.length, minConfidence, (anchor, classIndex, confidence) => {
        if (typeof labels[classIndex] !== 'string') return;
        const at = anchor * stride;
        const x = (values[at] ?? Number.NaN) / scale.width;
        const y = (values[at + step] ?? Number.NaN) / scale.height;
        const halfWidth = (values[at + 2 * step] ?? Number.NaN) / scale.width / 2;
        const halfHeight = (values[at + 3 * step] ?? Number.NaN) / scale.height / 2;
        // What is not a number is not greater than anything.
        if (!(halfWidth > 0 && halfHeight > 0)) return;
        candidates.push({
          classIndex,
          confidence,
          left: x - halfWidth,
          top: y - halfHeight,
          right: x + halfWidth,
          bottom: y + halfHeight,
        });
      });
      return suppressNonMaxima(candidates, { maxIntersectionOverUnion: 0.6, maxCount: MAX_DETECTIONS });
    },
  };
}

function fits({ shape, values }: RawOutput, layout: Layout, classes: number): boolean {
  const anchors = shape[layout.anchorDimension] ?? 0;
  const perAnchor = layout.extra + classes;
  return (
    shape.length === 3 && shape[layout.valueDimension] === perAnchor && values.length === anchors * perAnchor
  );
}
