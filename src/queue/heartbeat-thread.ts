import { parentPort, workerData } from 'node:worker_threads';
import { serviceConnection } from '../database/connection-settings.ts';
import { createBoss } from './create-boss.ts';
import type { Delivery, HeartbeatOrder, HeartbeatReport, HeartbeatSetup } from './heartbeat.ts';
import { QUEUE_NAME } from './install-queue.ts';

/** A third of the time after which the queue gives a worker up. */
const BEAT_MS = 5_000;
/**
 * So many beats in a row without a turn of the main thread's event loop, which is a minute, and the process is beyond
 * help. Counted in beats and not by the clock, because a process that was suspended for hours has missed none.
 */
const MAX_BEATS_WITHOUT_PULSE = 12;

const port = parentPort;
if (port === null) throw new Error('This file is the entry of a worker thread.');
const { databaseUrl, pulse }: HeartbeatSetup = workerData;

const report = (error: unknown) => {
  const message: HeartbeatReport = { error: error instanceof Error ? error.message : String(error) };
  port.postMessage(message);
};
const boss = createBoss(databaseUrl, {
  // A beat that is not answered before the next one is due has failed.
  connection: serviceConnection(BEAT_MS - 1_000, 500),
  max: 1,
  install: false,
  onError: report,
});

let deliveries: Delivery[] = [];
let started: Promise<unknown> | undefined;
let lastPulse = -1;
let beatsWithoutPulse = 0;

/** pg-boss is started when it is first needed, and again after a start that failed. */
async function connect(): Promise<void> {
  started ??= boss.start();
  try {
    await started;
  } catch (error) {
    started = undefined;
    throw error;
  }
}

async function beat(): Promise<void> {
  if (deliveries.length === 0) return;
  try {
    await connect();
    await boss.touch(QUEUE_NAME, deliveries);
  } catch (error) {
    report(error);
  }
}

function watchMainThread(): void {
  const now = Atomics.load(pulse, 0);
  beatsWithoutPulse = now === lastPulse ? beatsWithoutPulse + 1 : 0;
  lastPulse = now;
  if (beatsWithoutPulse < MAX_BEATS_WITHOUT_PULSE) return;
  // Standard error directly: the logger is the main thread's.
  process.stderr.write('The main thread has hung for a minute: the process is ended.\n');
  process.kill(process.pid, 'SIGKILL');
}

port.on('message', (order: HeartbeatOrder) => {
  deliveries = order.deliveries;
  void beat();
});
setInterval(() => {
  watchMainThread();
  void beat();
}, BEAT_MS);
