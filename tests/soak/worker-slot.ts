import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../helpers/process-life.ts';
import { startLogged, type LoggedProcess } from './logged-process.ts';
import type { ProductLog } from './product-log.ts';

/** One place for a worker: a supervisor with its child. A supervisor that died is replaced, as an init system would. */
export interface WorkerSlot {
  readonly name: string;
  /** The child that works; undefined while there is none that is ready. */
  childPid(): number | undefined;
  supervisorPid(): number;
  /** The first child of the first supervisor is ready. */
  ready: Promise<string>;
  /** Asks the supervisor to stop, and resolves when it is gone; it is not replaced. */
  close(): Promise<void>;
}

const RESPAWN_MS = 300;

/** `pids` gathers every process that the slot has ever had. */
export function openWorkerSlot(options: {
  name: string;
  entry: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  log: ProductLog;
  pids: Set<number>;
}): WorkerSlot {
  const { name, log, pids } = options;
  let closing = false;
  let childPid: number | undefined;

  const start = (): LoggedProcess => {
    const started = startLogged({
      ...options,
      onLine: (line) =>
        log.add(line, (pid) => {
          childPid = pid;
          pids.add(pid);
        }),
    });
    pids.add(started.pid);
    return started;
  };
  let supervisor = start();
  const { ready } = supervisor;
  const keepRunning = async () => {
    for (;;) {
      await supervisor.exited;
      childPid = undefined;
      if (closing) return;
      await delay(RESPAWN_MS);
      // oxlint-disable-next-line no-unnecessary-condition -- it may have been closed meanwhile
      if (closing) return;
      supervisor = start();
    }
  };
  const kept = keepRunning();

  return {
    name,
    ready,
    childPid: () => (childPid !== undefined && isAlive(childPid) ? childPid : undefined),
    supervisorPid: () => supervisor.pid,
    async close() {
      closing = true;
      supervisor.kill('SIGTERM');
      await kept;
    },
  };
}
