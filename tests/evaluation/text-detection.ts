/**
 * Measures how far the detection confidence of texts can be taken for a probability: `npm run eval:text-detection`. Places
 * that the line finder takes for text are judged by where there is any: in scenes that are drawn, and in whichever of these
 * is given: `--dir` (clips and `ground_truth.json`, as for eval:ocr), `--without-text` (videos in which there is none) and
 * `--photographs` (the pictures of the optional COCO data). Of each kind, at most LINES_A_KIND texts and as many textures of
 * either half count, evenly picked. `--fit` fits the weights of detectionConfidence to the first half, and prints them. The
 * figures are of the second half.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createTable } from '../../src/cli/create-table.ts';
import { invocationDirectory } from '../../src/config.ts';
import { detectionConfidence, FEATURE_NAMES, lineFeatures } from '../../worker/ocr/detection-confidence.ts';
import { createTesseractReader } from '../../worker/ocr/tesseract-reader.ts';
import { type JudgedLine, judgePhotographs, judgeVideosWithoutText } from './judged-lines.ts';
import { judgeClips, judgeScenes } from './judged-text-videos.ts';
import { fitLogisticRegression } from './logistic-regression.ts';
import { judgeReliability } from './reliability.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    'without-text': { type: 'string' },
    photographs: { type: 'string' },
    fit: { type: 'boolean', default: false },
  },
});
const LINES_A_KIND = 100;
const PENALTY = 1;
const BINS = 5;

const scratchDirectory = await mkdtemp(join(tmpdir(), 'foregsyte-eval-'));
try {
  const lines = await gatherLines();
  const [fitted = [], reported = []] = ([0, 1] as const).map((half) => pickEvenly(lines, half));
  if (values.fit) fit(fitted);
  report(reported);
} finally {
  await rm(scratchDirectory, { recursive: true, force: true });
}

async function gatherLines(): Promise<JudgedLine[]> {
  const folderOf = (name: 'dir' | 'without-text' | 'photographs') =>
    values[name] === undefined ? undefined : resolve(invocationDirectory, values[name]);
  const [clips, videos, photographs] = [folderOf('dir'), folderOf('without-text'), folderOf('photographs')];
  const lines = await judgeScenes(scratchDirectory);
  if (clips !== undefined) {
    const reader = await createTesseractReader({ workers: 2, stallMs: 120_000, scratchDirectory });
    lines.push(...(await judgeClips(clips, reader).finally(() => reader.close())));
  }
  if (videos !== undefined) lines.push(...(await judgeVideosWithoutText(videos)));
  if (photographs !== undefined) lines.push(...(await judgePhotographs(photographs)));
  return lines;
}

/** Of a video, neighbouring frames show nearly the same: more of them than of other kinds would only weigh more. */
function pickEvenly(lines: readonly JudgedLine[], half: 0 | 1): JudgedLine[] {
  const kinds = Map.groupBy(
    lines.filter((line) => line.half === half),
    ({ kind, isText }) => `${kind} ${isText}`,
  );
  return [...kinds.values()].flatMap((members) => {
    const step = Math.max(1, members.length / LINES_A_KIND);
    const count = Math.min(LINES_A_KIND, members.length);
    return Array.from({ length: count }, (_, nth) => members[Math.floor(nth * step)]).filter(
      (line) => line !== undefined,
    );
  });
}

function fit(lines: readonly JudgedLine[]): void {
  const examples = lines.map(({ region, isText }) => {
    const features = lineFeatures(region);
    return { features: FEATURE_NAMES.map((name) => features[name]), isPositive: isText };
  });
  const { bias, weights } = fitLogisticRegression(examples, PENALTY);
  console.log(`BIAS = ${bias.toFixed(3)}`);
  for (const [index, name] of FEATURE_NAMES.entries()) console.log(`${name}: ${weights[index]?.toFixed(3)}`);
}

function report(lines: readonly JudgedLine[]): void {
  const judgements = lines.map(({ kind, region, isText }) => {
    return { kind, confidence: detectionConfidence(region), isTrue: isText };
  });
  const kinds = createTable(['Kind', 'Texts', 'confidence', 'Textures', 'confidence']);
  for (const [kind, members] of Map.groupBy(judgements, (one) => one.kind)) {
    const cells = [true, false].flatMap((isTrue) => {
      const some = members.filter((one) => one.isTrue === isTrue).map(({ confidence }) => confidence);
      const mean = some.reduce((sum, one) => sum + one, 0) / some.length;
      return [some.length, some.length === 0 ? '' : mean.toFixed(2)];
    });
    kinds.push([kind, ...cells]);
  }
  console.log(kinds.toString());
  const { bins, calibrationError, brierScore, areaUnderCurve } = judgeReliability(judgements, BINS);
  const table = createTable(['Confidence from', 'Lines', 'mean confidence', 'of them texts']);
  for (const { from, count, meanConfidence, trueShare } of bins) {
    table.push([from.toFixed(1), count, meanConfidence.toFixed(2), trueShare.toFixed(2)]);
  }
  console.log(table.toString());
  const figures = [calibrationError, brierScore, areaUnderCurve].map((figure) => figure.toFixed(3));
  console.log(
    `Calibration error ${figures[0]}, Brier score ${figures[1]}, area under the ROC curve ${figures[2]}.`,
  );
}
