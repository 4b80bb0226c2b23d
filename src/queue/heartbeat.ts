import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../logger.ts';

/** One delivery, by the id of its entry and how often that was delivered before. */
export interface Delivery {
  id: string;
  retryCount: number;
}

/** What the thread is told: which deliveries it beats for from now on. */
export interface HeartbeatOrder {
  deliveries: Delivery[];
}

/** What the thread is started with. */
export interface HeartbeatSetup {
  databaseUrl: string;
  /** Counted up by the main thread as long as its event loop turns. */
  pulse: Int32Array<SharedArrayBuffer>;
}

/** What the thread reports; errors travel as text. */
export interface HeartbeatReport {
  error: string;
}

/** Tells the queue that this process lives. */
export interface Heartbeat {
  /** Beats for a delivery until `close`. The first call starts the thread. */
  beatFor(delivery: Delivery): { close(): void };
  close(): Promise<void>;
}

const PULSE_MS = 1_000;
// Beside this file and with its extension: .ts where types are stripped on the fly, .js in a build.
const threadFile = new URL(`./heartbeat-thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Heartbeats from a thread of their own with a connection of their own: a main thread that is busy for long, or has no
 * connection left, must not lose its job. A main thread that hangs for a minute does: the thread then ends the process.
 */
export function startHeartbeat(databaseUrl: string, logger: Logger): Heartbeat {
  const deliveries = new Set<Delivery>();
  const pulse = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let thread: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;

  const start = (): Worker => {
    timer = setInterval(() => Atomics.add(pulse, 0, 1), PULSE_MS);
    timer.unref();
    const setup: HeartbeatSetup = { databaseUrl, pulse };
    const started = new Worker(threadFile, { workerData: setup, name: 'heartbeat' });
    started.unref();
    started.on('message', ({ error }: HeartbeatReport) => {
      logger.warn({ error }, 'could not tell the queue that the job is alive');
    });
    started.once('error', (error) => logger.error({ err: error }, 'the heartbeat thread failed'));
    started.once('exit', () => {
      if (thread !== started) return;
      // The next call, or the next change of what is beaten for, starts another.
      stopPulse();
      thread = undefined;
      if (deliveries.size > 0) tell();
    });
    return started;
  };

  const stopPulse = () => clearInterval(timer);

  const tell = () => {
    thread ??= start();
    const order: HeartbeatOrder = { deliveries: [...deliveries] };
    // This is a thread and not a window: there is no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    thread.postMessage(order);
  };

  return {
    beatFor(delivery) {
      deliveries.add(delivery);
      tell();
      return {
        close() {
          if (deliveries.delete(delivery)) tell();
        },
      };
    },
    async close() {
      deliveries.clear();
      stopPulse();
      const ending = thread;
      thread = undefined;
      await ending?.terminate();
    },
  };
}
