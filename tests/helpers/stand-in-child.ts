import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { childEnvironment, projectRoot } from '../../src/config.ts';
import { waitFor } from './wait-for.ts';

/** What one generation of the stand-in does. All but `fail` and `late` say first that they are ready. */
export type Behaviour = 'fail' | 'crash' | 'replace' | 'stay' | 'deaf' | 'hang' | 'late';

/** A real supervisor over a stand-in whose generations behave as planned; the last behaviour is repeated. */
export interface SupervisedStandIn {
  supervisor: ReturnType<typeof spawn>;
  /** What the supervisor was sent over its channel, that is to say what it forwarded. */
  forwarded: unknown[];
  /** Process ids of the generations that have been ready, or failed. */
  pids: () => number[];
  /** What the generations noted, such as a signal they got. */
  notes: () => string[];
  /** The supervisor's log. */
  log: () => string;
  /** Process id of the given generation, from 1, as soon as it is there. */
  generation: (number: number) => Promise<number>;
  /** Exit code and signal of the supervisor. */
  ended: Promise<unknown[]>;
}

const PROGRAM = `
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
const [folder, plan] = [process.env.STAND_IN_FOLDER, process.env.STAND_IN_PLAN.split(',')];
const generation = readFileSync(folder + '/starts', 'utf8').split('\\n').length;
const behaviour = plan[Math.min(generation, plan.length) - 1];
const note = (text) => appendFileSync(folder + '/notes', text + '\\n');
const begin = () => appendFileSync(folder + '/starts', process.pid + '\\n');
if (behaviour === 'fail') {
  begin();
  process.exit(3);
}
if (behaviour === 'late') {
  // A process of ours whose modules are still being loaded when its parent dies.
  const { runUntilStopped, untilAborted } = await import(process.env.STAND_IN_FRAME);
  begin();
  while (process.connected) await delay(20);
  await runUntilStopped('child', async ({ stopping }) => {
    const busy = setTimeout(() => {}, 600_000);
    await untilAborted(stopping);
    clearTimeout(busy);
  });
  process.exit(0);
}
if (behaviour === 'hang') {
  // A process of ours with work in hand that does not heed its signal.
  const { runUntilStopped } = await import(process.env.STAND_IN_FRAME);
  const { dieWithParent } = await import(process.env.STAND_IN_DEADLINES);
  await runUntilStopped('child', async ({ config }) => {
    dieWithParent(config);
    begin();
    process.send({ ready: 'child' });
    await delay(600_000);
  });
}
begin();
process.send({ ready: 'child' }, () => {
  if (behaviour === 'crash') process.exit(7);
  if (behaviour === 'replace') process.exit(75);
});
process.on('SIGTERM', () => {
  note('SIGTERM');
  if (behaviour === 'stay') process.exit(0);
});
process.on('disconnect', () => process.exit(0));
await delay(600_000);
`;

/** `delays`: first, longest and reset-after, in milliseconds. */
export function superviseStandIn(options: {
  folder: string;
  plan: Behaviour[];
  delays: [first: number, longest: number, resetAfter: number];
  graceMs?: number;
}): SupervisedStandIn {
  const { folder, plan, delays, graceMs = 10_000 } = options;
  const at = (name: string) => join(folder, name);
  for (const name of ['starts', 'notes', 'log']) writeFileSync(at(name), '');
  writeFileSync(at('child.mjs'), PROGRAM);
  const source = (path: string) => pathToFileURL(join(projectRoot, 'src', path)).href;
  const program = join(projectRoot, 'tests', 'helpers', 'supervisor-program.ts');
  const supervisor = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, at('child.mjs'), String(graceMs), delays.join(',')],
    {
      env: childEnvironment({
        STAND_IN_FOLDER: folder,
        STAND_IN_PLAN: plan.join(','),
        STAND_IN_FRAME: source('run-until-stopped.ts'),
        STAND_IN_DEADLINES: source('processes/stop-deadlines.ts'),
        SHUTDOWN_GRACE_MS: '0',
        LOG_LEVEL: 'info',
      }),
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  supervisor.stdout?.on('data', (text: Buffer) => appendFileSync(at('log'), text));
  const forwarded: unknown[] = [];
  supervisor.on('message', (message) => forwarded.push(message));
  const lines = (name: string) =>
    existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\n').slice(0, -1) : [];
  const pids = () => lines('starts').map(Number);
  return {
    supervisor,
    forwarded,
    pids,
    notes: () => lines('notes'),
    log: () => lines('log').join('\n'),
    generation: (number) => waitFor(async () => pids()[number - 1], 20_000, `generation ${number}`),
    ended: once(supervisor, 'close'),
  };
}
