import type { TextLine } from '../../src/results/results-document.ts';
import type { ImageSize } from '../fit-image.ts';
import type { LineCrop } from './crop-line.ts';
import { detectionConfidence } from './detection-confidence.ts';
import type { FoundLine } from './find-lines.ts';
import { isPlausible } from './judge-line.ts';
import { normaliseBox } from './normalise-box.ts';
import { toPortableGraymap } from './portable-graymap.ts';
import type { RecognisedLine } from './recogniser.ts';
import type { PixelBox } from './text-region.ts';

/** Of a line on its side that reads so well, the other turn is not tried: upside down, hardly a word does. */
const SURE = 0.85;

/**
 * Reads the lines that were found, one after the other; plausible ones of at least `minConfidence` (0..1) from top to
 * bottom, with boxes normalised to the frame.
 */
export async function readLines(
  found: readonly FoundLine[],
  frame: ImageSize,
  minConfidence: number,
  recognise: (image: Buffer) => Promise<RecognisedLine[]>,
): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for (const { region, crops } of found) {
    const confidence = detectionConfidence(region);
    let best: TextLine | null = null;
    for (const crop of crops) {
      const read = (await recognise(toPortableGraymap(crop.image))).map((line) =>
        toTextLine(line, confidence, crop, frame),
      );
      for (const line of read) {
        if (line.confidence < minConfidence || !isPlausible(line.text, line.confidence)) continue;
        if (best === null || line.confidence > best.confidence) best = line;
      }
      if (best !== null && best.confidence >= SURE) break;
    }
    if (best !== null) lines.push(best);
  }
  return lines.toSorted((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
}

function toTextLine(line: RecognisedLine, confidence: number, crop: LineCrop, frame: ImageSize): TextLine {
  return {
    text: withoutSpecks(line.text.trim().replaceAll(/\s+/g, ' ')),
    confidence: Math.round(line.confidence * 1e4) / 1e4,
    detectionConfidence: confidence,
    box: normaliseBox(placeInFrame(line, crop), frame),
  };
}

/** The text without marks that stand alone before and behind it: what is left of an edge beside the line. */
function withoutSpecks(text: string): string {
  return text.replaceAll(/^[|\\/~_=+*^.,:;'`’‘°¢] | [|\\/~_=+*^.,'`’‘°¢]$/g, '');
}

/** Where a box of the crop lies in the frame: turned back, scaled back. */
function placeInFrame({ left, top, right, bottom }: PixelBox, { turn, scale, box }: LineCrop): PixelBox {
  const [x0, y0, x1, y1] = [left / scale, top / scale, right / scale, bottom / scale];
  if (turn === 'left') {
    return { left: box.right - y1, top: box.top + x0, right: box.right - y0, bottom: box.top + x1 };
  }
  if (turn === 'right') {
    return { left: box.left + y0, top: box.bottom - x1, right: box.left + y1, bottom: box.bottom - x0 };
  }
  return { left: box.left + x0, top: box.top + y0, right: box.left + x1, bottom: box.top + y1 };
}
