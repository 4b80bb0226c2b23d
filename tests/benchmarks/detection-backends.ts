/**
 * What one frame costs on each backend of TensorFlow.js and with several divisions of the cores, with the default model.
 * Each way has a process of its own; they take turns, so that whatever else the machine does strikes all alike. Read the
 * ratios, and the processor time before the wall time when the machine is busy.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createTable } from '../../src/cli/create-table.ts';
import { median } from '../../worker/median.ts';
import { projectRoot } from '../../src/config.ts';

const FRAMES = Number(process.env['BENCH_FRAMES'] ?? 40);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const WARM_UP_FRAMES = 8;
const cores = availableParallelism();

/** One way to detect. `opThreads`: cores for one operation; `caller`: whether the calling thread computes too. */
interface Way {
  backend: string;
  threads: number;
  opThreads?: number;
  caller?: boolean;
}

interface Cost {
  wallMs: number;
  cpuMs: number;
  residentMib: number;
}

const ways: Way[] = [
  { backend: 'wasm', threads: 1 },
  { backend: 'wasm', threads: cores },
  { backend: 'tensorflow', threads: 1, opThreads: cores, caller: false },
  { backend: 'tensorflow', threads: cores, opThreads: cores, caller: false },
  { backend: 'tensorflow', threads: cores, opThreads: 1, caller: false },
  { backend: 'tensorflow', threads: 1, opThreads: 1, caller: true },
  { backend: 'tensorflow', threads: cores, opThreads: 1, caller: true },
];

async function start({ backend, threads, opThreads = 1, caller = true }: Way) {
  const child = fork(join(projectRoot, 'tests/benchmarks/detection-child.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {
      ...process.env,
      TF_BACKEND: backend,
      DETECTION_THREADS: String(threads),
      TF_NUM_INTRAOP_THREADS: String(opThreads),
      TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD: caller ? '1' : '0',
    },
  });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the process for ${backend} ended with ${code}`);
  });
  const answer = async () => (await Promise.race([once(child, 'message'), gone]))[0];
  await answer();
  gone.catch(() => {});
  return {
    async measure(frames: number): Promise<Cost> {
      child.send(frames);
      return answer();
    },
    stop: () => child.disconnect(),
  };
}

const running = [];
for (const way of ways) running.push({ way, costs: [] as Cost[], ...(await start(way)) });
for (const entry of running) await entry.measure(WARM_UP_FRAMES);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const entry of running) entry.costs.push(await entry.measure(FRAMES));
}
for (const entry of running) entry.stop();

const [, reference] = running.map(({ costs }) => median(costs.map(({ wallMs }) => wallMs)));
const table = createTable([
  'backend',
  'threads',
  'cores an operation',
  'caller computes',
  'ms',
  'best',
  'CPU ms',
  'speed',
  'MiB',
]);
for (const { way, costs } of running) {
  const wallMs = median(costs.map((cost) => cost.wallMs));
  table.push([
    way.backend,
    way.threads,
    way.opThreads ?? '',
    way.caller === undefined ? '' : String(way.caller),
    wallMs.toFixed(1),
    Math.min(...costs.map((cost) => cost.wallMs)).toFixed(1),
    median(costs.map((cost) => cost.cpuMs)).toFixed(1),
    ((reference ?? Number.NaN) / wallMs).toFixed(2),
    Math.round(costs.at(-1)?.residentMib ?? Number.NaN),
  ]);
}
console.log(
  `${cores} cores, Node.js ${process.versions.node}, ${ROUNDS} rounds of ${FRAMES} frames; medians.`,
);
console.log(`speed: against wasm on ${cores} threads.`);
console.log(table.toString());
