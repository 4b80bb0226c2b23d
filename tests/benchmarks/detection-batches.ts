/**
 * What a picture costs when several go through a model's graph at once: `npm run bench:batches -- --model NAME [VIDEO]`.
 * Each way to use the cores has processes of its own, which stand for the detector's threads. Ways and sizes of batches
 * take turns, so that whatever else the machine does strikes all alike. Read the ratios.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createTable } from '../../src/cli/create-table.ts';
import { invocationDirectory, projectRoot } from '../../src/config.ts';
import { median } from '../../worker/median.ts';
import { TINY_VIDEO } from '../helpers/video-tools.ts';
import type { BatchAnswer, BatchRequest } from './batch-child.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SIZES = [1, 2, 4, 8];
const cores = availableParallelism();

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string', default: 'ssdlite_mobilenet_v2' } },
});
const [given] = positionals;
const video = given === undefined ? TINY_VIDEO : resolve(invocationDirectory, given);

/** One way to use the cores; `opThreads`: cores for one operation. */
interface Way {
  backend: string;
  processes: number;
  opThreads: number;
}

/** One way with one size of batches, and what it cost in each round. */
interface Entry {
  way: Way;
  size: number;
  children: ChildProcess[];
  wallMs: number[];
  cpuMs: number[];
  worst: { difference: number; changed: number; pictures: number; residentMib: number };
}

const ways: Way[] = [
  { backend: 'tensorflow', processes: cores, opThreads: 1 },
  { backend: 'tensorflow', processes: 1, opThreads: cores },
  { backend: 'wasm', processes: cores, opThreads: 1 },
];

async function start({ backend, opThreads }: Way): Promise<ChildProcess> {
  const child = fork(join(projectRoot, 'tests/benchmarks/batch-child.ts'), [values.model, video], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {
      ...process.env,
      TF_BACKEND: backend,
      TF_NUM_INTRAOP_THREADS: String(opThreads),
      // Several cores need the library's own threads.
      TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD: opThreads === 1 ? '1' : '0',
    },
  });
  await answerOf(child);
  return child;
}

async function answerOf(child: ChildProcess): Promise<BatchAnswer> {
  const gone = new AbortController();
  const ended = once(child, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`a process ended with ${code}`);
  });
  try {
    return (await Promise.race([once(child, 'message'), ended]))[0];
  } finally {
    ended.catch(() => {});
    gone.abort();
  }
}

async function measure({ size, children, wallMs, cpuMs, worst }: Entry): Promise<void> {
  const answers = await Promise.all(
    children.map((child) => {
      child.send({ size } satisfies BatchRequest);
      return answerOf(child);
    }),
  );
  let [pictures, wall, cpu, resident] = [0, 0, 0, 0];
  for (const answer of answers) {
    if ('failure' in answer) throw new Error(answer.failure);
    pictures += answer.pictures;
    wall = Math.max(wall, answer.wallMs);
    cpu += answer.cpuMs;
    resident += answer.residentMib;
    worst.difference = Math.max(worst.difference, answer.difference);
    worst.changed = Math.max(worst.changed, answer.changed);
    worst.pictures = answer.pictures;
  }
  wallMs.push(wall / pictures);
  cpuMs.push(cpu / pictures);
  worst.residentMib = resident;
}

const all = await Promise.all(ways.flatMap((way) => Array.from({ length: way.processes }, () => start(way))));
try {
  const spare = [...all];
  const entries: Entry[] = ways.flatMap((way) => {
    const children = spare.splice(0, way.processes);
    return SIZES.map((size) => ({
      way,
      size,
      children,
      wallMs: [],
      cpuMs: [],
      worst: { difference: 0, changed: 0, pictures: 0, residentMib: 0 },
    }));
  });
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const entry of entries) await measure(entry);
    // The first round warms up.
    if (round === 0) for (const entry of entries) entry.wallMs.length = entry.cpuMs.length = 0;
  }
  print(entries);
} catch (error) {
  console.error(`${values.model}: no batches. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  for (const child of all) child.disconnect();
}

function print(entries: readonly Entry[]): void {
  const table = createTable([
    'backend',
    'threads x cores',
    'pictures at once',
    'ms',
    'CPU ms',
    'speed, of one at once',
    'largest difference',
    'pictures changed',
    'MiB',
  ]);
  for (const { way, size, wallMs, cpuMs, worst } of entries) {
    const single = entries.find((entry) => entry.way === way && entry.size === 1)?.wallMs ?? [];
    table.push([
      way.backend,
      `${way.processes} x ${way.opThreads}`,
      size,
      median(wallMs).toFixed(1),
      median(cpuMs).toFixed(1),
      (median(single) / median(wallMs)).toFixed(2),
      worst.difference.toExponential(1),
      `${worst.changed} of ${worst.pictures}`,
      Math.round(worst.residentMib),
    ]);
  }
  console.log(`${values.model}, ${cores} cores, ${ROUNDS} rounds; medians.`);
  console.log(table.toString());
}
