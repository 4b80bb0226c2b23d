import pino from 'pino';
import { currentLogFields } from './log-fields.ts';
import { currentTraceFields } from './tracing/traceparent.ts';

/** The structured logger of the product: JSON lines, or one readable line an event on a terminal. */
export type Logger = pino.Logger;

/** Where a process logs to and from which level on. */
export interface LoggerOptions {
  level: string;
  /** Name of the process: `api`, `worker`, `cli`. */
  name: string;
}

// Where nobody reads it, the time to load it is saved.
const pretty = process.stdout.isTTY ? (await import('pino-pretty')).default : undefined;

/** Creates the process's logger, writing to standard output. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = { name: options.name, level: options.level, mixin: currentFields };
  if (!pretty) return pino(settings);
  return pino(
    settings,
    pretty({ sync: true, colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' }),
  );
}

/** The request, the job and the trace that a line belongs to. */
function currentFields(): object {
  return { ...currentLogFields(), ...currentTraceFields() };
}

/** A logger that writes nothing, for unit tests and one-shot commands. */
export function createSilentLogger(): Logger {
  return pino({ level: 'silent' });
}
