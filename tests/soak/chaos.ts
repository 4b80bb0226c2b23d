import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { SoakDatabase } from './soak-database.ts';
import type { WorkerSlot } from './worker-slot.ts';

const WEIGHTS = {
  'kill -9 of a worker': 6,
  'SIGTERM to a worker': 2,
  'kill -9 of a supervisor': 2,
  'SIGTERM to a supervisor': 2,
  'SIGSTOP of a worker': 3,
} as const;

export type FaultKind = keyof typeof WEIGHTS | 'crash of the database';

/** One thing that was done to the processes. */
export interface Fault {
  kind: FaultKind;
  /** Milliseconds since the epoch. */
  at: number;
  until: number;
  /** The worker that it met; undefined for the database. */
  pid?: number;
}

const PAUSE_MS = [3_000, 9_000] as const;
/** The queue gives a silent worker up after 15 s, and looks every 4 s. */
const STOPPED_MS = [20_000, 25_000] as const;

/** Disturbs the workers until `until`, and the database at its times; whatever is stopped goes on at the end. */
export async function runChaos(deps: {
  slots: readonly WorkerSlot[];
  database: SoakDatabase;
  random: Random;
  /** Both in milliseconds since the epoch. */
  until: number;
  restartsAt: readonly number[];
  say: (text: string) => void;
}): Promise<Fault[]> {
  const { slots, database, random, until, say } = deps;
  const restartsAt = [...deps.restartsAt];
  const faults: Fault[] = [];
  const stopped = new Map<number, Promise<void>>();

  const hold = async (pid: number, fault: Fault, forMs: number): Promise<void> => {
    send(pid, 'SIGSTOP');
    await delay(Math.min(forMs, Math.max(0, until - Date.now())));
    send(pid, 'SIGCONT');
    fault.until = Date.now();
    stopped.delete(pid);
  };

  const disturb = (): void => {
    const slot = random.pick(slots);
    // The one that lasts longest comes first, so that short runs have it too.
    const kind = faults.length === 0 ? 'SIGSTOP of a worker' : random.weighted(WEIGHTS);
    const forMs = random.between(...STOPPED_MS);
    const pid = slot?.childPid();
    if (!slot || pid === undefined) return;
    // One that would not be silent for long enough, or already is, is killed instead.
    const canHold = !stopped.has(pid) && until - Date.now() > forMs;
    const at = Date.now();
    const isStop = kind === 'SIGSTOP of a worker';
    const fault: Fault = { kind: isStop && !canHold ? 'kill -9 of a worker' : kind, at, until: at, pid };
    faults.push(fault);
    say(`${fault.kind} (${slot.name})`);
    if (fault.kind === 'SIGSTOP of a worker') stopped.set(pid, hold(pid, fault, forMs));
    else if (fault.kind === 'kill -9 of a worker') send(pid, 'SIGKILL');
    else if (fault.kind === 'SIGTERM to a worker') send(pid, 'SIGTERM');
    else send(slot.supervisorPid(), fault.kind === 'SIGTERM to a supervisor' ? 'SIGTERM' : 'SIGKILL');
  };

  const crashDatabase = async (): Promise<void> => {
    const at = Date.now();
    say('crash of the database');
    await database.crash();
    faults.push({ kind: 'crash of the database', at, until: Date.now() });
  };

  while (Date.now() < until) {
    await delay(random.between(...PAUSE_MS));
    if (restartsAt[0] !== undefined && Date.now() >= restartsAt[0]) {
      restartsAt.shift();
      await crashDatabase();
    } else disturb();
  }
  await Promise.all(stopped.values());
  return faults;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}
