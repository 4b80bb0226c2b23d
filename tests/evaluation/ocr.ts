/**
 * Measures what is read in videos against what they show: `npm run eval:ocr -- --dir FOLDER`. The folder holds clips and
 * `ground_truth.json`: by file name, `items` of `text`, `t0` and `t1`, in seconds, `t1` exclusive. In the videos of
 * `--without-text FOLDER`, whatever is read is noise. `--drawn` draws clips of its own instead of reading a folder.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createTable } from '../../src/cli/create-table.ts';
import { invocationDirectory, projectRoot } from '../../src/config.ts';
import { SAMPLING_MODES } from '../../src/jobs/sampling-modes.ts';
import { createTesseractReader } from '../../worker/ocr/tesseract-reader.ts';
import { judgeTextSegments, type TextScore, type TrueText } from './judge-text-segments.ts';
import { makeTextVideo } from './make-text-video.ts';
import { readClip, type ClipReading } from './read-clip.ts';
import { makeTextScenes } from './text-scenes.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: join(projectRoot, '../shared/data/videos/text') },
    'without-text': { type: 'string' },
    drawn: { type: 'boolean', default: false },
    sampling: { type: 'string', default: 'adaptive' },
    'samples-per-second': { type: 'string', default: '1' },
    'no-reuse': { type: 'boolean', default: false },
  },
});
const options = {
  sampling: SAMPLING_MODES.find((mode) => mode === values.sampling) ?? 'adaptive',
  samplesPerSecond: Number(values['samples-per-second']),
  reuseUnchanged: !values['no-reuse'],
};
const SEED = 5;

/** A video and the texts that it shows. */
interface JudgedClip {
  name: string;
  path: string;
  language: string;
  truths: TrueText[];
}

const truthSchema = z.record(
  z.string(),
  z.object({ items: z.array(z.object({ text: z.string(), t0: z.number(), t1: z.number() })) }),
);

const scratchDirectory = await mkdtemp(join(tmpdir(), 'foregsyte-eval-'));
const reader = await createTesseractReader({ workers: 2, stallMs: 120_000, scratchDirectory });
try {
  await judge(values.drawn ? await drawClips() : listClips(resolve(invocationDirectory, values.dir)));
  const without = values['without-text'];
  if (without !== undefined) await readNoise(resolve(invocationDirectory, without));
} finally {
  await reader.close();
  await rm(scratchDirectory, { recursive: true, force: true });
}

function listClips(folder: string): JudgedClip[] {
  const truth = truthSchema.parse(JSON.parse(readFileSync(join(folder, 'ground_truth.json'), 'utf8')));
  return Object.entries(truth).map(([name, { items }]) => {
    return { name, path: join(folder, name), language: 'eng', truths: items.map(toTruth) };
  });
}

async function drawClips(): Promise<JudgedClip[]> {
  const clips: JudgedClip[] = [];
  for (const scene of makeTextScenes(SEED)) {
    const path = join(scratchDirectory, `${clips.length}.mp4`);
    await makeTextVideo(scene, path);
    clips.push({ name: scene.name, path, language: scene.language, truths: scene.texts.map(toTruth) });
  }
  return clips;
}

function toTruth({ text, t0, t1 }: { text: string; t0: number; t1: number }): TrueText {
  return { text, startMs: t0 * 1000, endMs: t1 * 1000 };
}

async function judge(clips: readonly JudgedClip[]): Promise<void> {
  const head = [
    'Clip',
    'Truths',
    'Segments',
    'Precision',
    'Recall',
    'CER',
    'start, ms',
    'end, ms',
    'Frames',
    'OCR ms/frame',
  ];
  const table = createTable(head);
  const scores: TextScore[] = [];
  const readings: ClipReading[] = [];
  for (const { name, path, language, truths } of clips) {
    const reading = await readClip(reader, path, { ...options, languages: [language] });
    const score = judgeTextSegments(truths, reading.segments, 1000 / options.samplesPerSecond);
    scores.push(score);
    readings.push(reading);
    table.push(row(name, score, [reading]));
    if (score.noise.length > 0) console.log(`${name}, noise: ${score.noise.join(' | ')}`);
    if (score.missed.length > 0) console.log(`${name}, missed: ${score.missed.join(' | ')}`);
  }
  table.push(row('all', total(scores), readings));
  console.log(table.toString());
}

async function readNoise(folder: string): Promise<void> {
  const table = createTable(['Video', 'Segments', 'Frames', 'OCR ms/frame', 'Texts']);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.mp4'))) {
    const { segments, sampledFrames, ocrMs } = await readClip(reader, join(folder, name), options);
    const texts = segments.map(({ text }) => text).join(' | ');
    table.push([name, segments.length, sampledFrames, (ocrMs / sampledFrames).toFixed(0), texts]);
  }
  console.log(table.toString());
}

function row(name: string, score: TextScore, readings: readonly ClipReading[]): (string | number)[] {
  const frames = readings.reduce((sum, { sampledFrames }) => sum + sampledFrames, 0);
  const reused = readings.reduce((sum, { reusedFrames }) => sum + reusedFrames, 0);
  const ocrMs = readings.reduce((sum, reading) => sum + reading.ocrMs, 0);
  return [
    name,
    score.truths,
    score.segments,
    ratio(score.matched, score.segments),
    ratio(score.matched, score.truths),
    ratio(score.edits, score.characters),
    spread(score.startErrorsMs),
    spread(score.endErrorsMs),
    `${frames} (${reused} reused)`,
    (ocrMs / Math.max(1, frames)).toFixed(0),
  ];
}

function total(scores: readonly TextScore[]): TextScore {
  const sum = (pick: (score: TextScore) => number) => scores.reduce((all, score) => all + pick(score), 0);
  return {
    truths: sum(({ truths }) => truths),
    segments: sum(({ segments }) => segments),
    matched: sum(({ matched }) => matched),
    characters: sum(({ characters }) => characters),
    edits: sum(({ edits }) => edits),
    startErrorsMs: scores.flatMap(({ startErrorsMs }) => startErrorsMs),
    endErrorsMs: scores.flatMap(({ endErrorsMs }) => endErrorsMs),
    noise: scores.flatMap(({ noise }) => noise),
    missed: scores.flatMap(({ missed }) => missed),
  };
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? 'none' : (part / whole).toFixed(3);
}

/** Median and greatest deviation. */
function spread(errors: readonly number[]): string {
  const sorted = errors.map(Math.abs).toSorted((a, b) => a - b);
  if (sorted.length === 0) return 'none';
  return `${sorted[Math.floor(sorted.length / 2)]}, at most ${sorted.at(-1)}`;
}
