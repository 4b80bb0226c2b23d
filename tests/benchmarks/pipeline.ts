/**
 * Measures the whole analysis of videos, stage by stage, against its floor and against a script that uses the same engines
 * one after the other: `npm run bench:pipeline -- VIDEO...`. What it prints are figures of one run on one machine; the
 * ratios are what can be compared.
 */
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createTable } from '../../src/cli/create-table.ts';
import { invocationDirectory } from '../../src/config.ts';
import { SAMPLING_MODES } from '../../src/jobs/sampling-modes.ts';
import { probe } from '../helpers/video-tools.ts';
import { startBenchEngines } from './bench-engines.ts';
import { timeTesseract } from './time-tesseract.ts';
import { runDecoder, runPipeline, runScript, type RunCost } from './pipeline-runs.ts';

const CORES = availableParallelism();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'samples-per-second': { type: 'string', default: '1' },
    sampling: { type: 'string', default: 'uniform' },
    'no-reuse': { type: 'boolean', default: false },
    'jobs-before': { type: 'string', default: '1' },
  },
});
const samplesPerSecond = Number(values['samples-per-second']);
const sampling = SAMPLING_MODES.find((mode) => mode === values.sampling) ?? 'uniform';
const reuseUnchanged = !values['no-reuse'];
const jobsBefore = Number(values['jobs-before']);
if (positionals.length === 0 || !(samplesPerSecond > 0) || !(jobsBefore >= 0)) {
  console.error(
    'Give one video or more, for instance: npm run bench:pipeline -- --samples-per-second 2 video.mp4',
  );
  process.exit(1);
}

for (const video of positionals) await measure(resolve(invocationDirectory, video));

async function measure(path: string): Promise<void> {
  const { media } = await probe(path);
  const single = await startBenchEngines(1);
  const script = await runScript(single, path, samplesPerSecond);
  const floor = await runDecoder(single, path, samplesPerSecond);
  await single.close();

  const engines = await startBenchEngines(CORES);
  const framesInFlight = (CORES + 1) * engines.detector.info.batchSize;
  // Not measured: jobs before this one, as most jobs of a worker have had. In the first, V8 compiles the engines.
  for (let job = 0; job < jobsBefore; job += 1) {
    await runPipeline(engines, path, { samplesPerSecond }, framesInFlight);
  }
  const options = { samplesPerSecond, sampling, reuseUnchanged };
  const run = await runPipeline(engines, path, options, framesInFlight);
  const { backend } = engines.detector.info;
  await engines.close();

  const seconds = media.durationMs / 1000;
  console.log(
    `\n${basename(path)}: ${media.width}x${media.height}, ${seconds.toFixed(1)} s, ${run.frames} frames sampled, ` +
      `${run.reused} of them reused; ${backend}, ${CORES} cores`,
  );
  console.log(stageTable(run).toString());
  console.log(comparison(run, script, floor, seconds, await timeTesseract(path)).toString());
}

function stageTable(run: RunCost) {
  const table = createTable(['Stage', 'Frames', 'ms/frame median', 'p95', 'CPU s', 'share of CPU']);
  const { cpu } = run;
  const all = total(run);
  const row = (stage: string, times: readonly number[] | number, seconds: number) => {
    const count = typeof times === 'number' ? times : times.length;
    const shown = typeof times === 'number' ? ['', ''] : [quantile(times, 0.5), quantile(times, 0.95)];
    table.push([stage, count, ...shown, seconds.toFixed(2), percent(seconds / all)]);
  };
  row('decode and scale (ffmpeg)', run.frames, cpu.decode);
  row('detect', run.detectMs, cpu.detect);
  row('read text', run.ocrMs, cpu.ocr);
  row('everything else: event loop', run.frames, cpu.main);
  row('everything else: garbage collector, compilers', run.frames, cpu.runtime);
  return table;
}

function comparison(
  run: RunCost,
  script: RunCost,
  floor: RunCost,
  seconds: number,
  commandMs: number | undefined,
) {
  const { cpu } = run;
  const analysisMs = run.wallMs - run.probeMs;
  const ideal = ((cpu.decode + cpu.detect + cpu.ocr) * 1000) / CORES;
  const table = createTable(['Measure', 'Value', 'Target']);
  table.push(
    ['wall time', `${(run.wallMs / 1000).toFixed(2)} s`, ''],
    ['times real time', ((seconds * 1000) / run.wallMs).toFixed(1), '8 (vtest at 1 a second, wasm)'],
    ['CPU use of the analysis phase', percent(total(run) / (analysisMs / 1000) / CORES), 'at least 85 %'],
    ['wall / ((detect + read + decode CPU) / cores)', (run.wallMs / ideal).toFixed(2), 'at most 1.15'],
    ['CPU of everything else', percent((cpu.main + cpu.runtime) / total(run)), 'under 5 %'],
    ['waiting for frames, of wall time', percent(run.waitingMs / run.wallMs), ''],
    ['peak memory', `${Math.round(run.peakMemoryBytes / 1024 ** 2)} MiB`, ''],
    ['against a script of the same engines', `${(script.wallMs / run.wallMs).toFixed(2)} times as fast`, ''],
    ['against decoding alone', `${(run.wallMs / floor.wallMs).toFixed(1)} times as long`, ''],
    ['the tesseract command on PATH', describeCommand(run, commandMs), ''],
  );
  return table;
}

function describeCommand({ ocrMs }: RunCost, commandMs: number | undefined): string {
  if (commandMs === undefined) return 'not installed, so not compared';
  const own = ocrMs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, ocrMs.length);
  return `${commandMs.toFixed(0)} ms a frame, ${(commandMs / own).toFixed(1)} times ours`;
}

function total({ cpu }: RunCost): number {
  return cpu.decode + cpu.detect + cpu.ocr + cpu.main + cpu.runtime;
}

function quantile(times: readonly number[], part: number): string {
  const sorted = times.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
