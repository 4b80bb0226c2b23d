import { ChildProcess } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import createCommand from 'fluent-ffmpeg';

/** One run of ffmpeg. */
export interface FfmpegRequest {
  ffmpegPath: string;
  /** A source is a file's path or URL; at most one is a stream, which the run then owns. */
  inputs: readonly { source: string | Readable; options: readonly string[] }[];
  outputOptions: readonly string[];
  /** A file's path, or a stream which gets ffmpeg's standard output. */
  output: string | PassThrough;
  /** Called with every line of standard error. */
  onLine?: (line: string) => void;
  signal: AbortSignal;
  /** Wall time in milliseconds. */
  timeoutMs: number;
}

/** How a run ended. */
export interface FfmpegOutcome {
  /** Missing after a clean exit; else the exit code or signal, the command line and the last lines of standard error. */
  failure?: Error;
  /** Whether there was a child at all; there is none when the program cannot be started. */
  started: boolean;
  /** Whether the wall-time limit ended it. */
  timedOut: boolean;
}

/** A started run; its owner calls `stop` in every case. */
export interface FfmpegRun {
  /** Settles, without ever rejecting, when the child is gone. */
  readonly outcome: Promise<FfmpegOutcome>;
  /** Kills the child if it still runs, waits until it is gone and closes the streams; a second call does nothing. */
  stop(): Promise<void>;
}

const STDERR_LINES = 60;

/**
 * Starts ffmpeg. The only place that knows fluent-ffmpeg, which is no longer maintained. Aborting the signal or
 * passing the time limit kills the child.
 */
export function startFfmpeg(request: FfmpegRequest): FfmpegRun {
  const { signal, output } = request;
  const command = createCommand({ stdoutLines: STDERR_LINES }).setFfmpegPath(request.ffmpegPath);
  for (const input of request.inputs) command.input(input.source).inputOptions(...input.options);
  command.outputOptions(...request.outputOptions).output(output);
  const { onLine } = request;
  if (onLine !== undefined) command.on('stderr', (line: string) => onLine(line));

  let child: ChildProcess | undefined;
  let commandLine = '';
  let killed = false;
  let timedOut = false;
  const kill = (): void => {
    killed = true;
    child?.kill('SIGKILL');
  };
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, request.timeoutMs);
  signal.addEventListener('abort', kill, { once: true });

  const outcome = new Promise<FfmpegOutcome>((resolve) => {
    const settle = (failure?: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      const started = child?.pid !== undefined;
      // A child that never came to life has no standard output whose end would reach the reader.
      if (!started && typeof output !== 'string') output.end();
      resolve({ started, timedOut, ...(failure !== undefined && { failure }) });
    };
    command.once('start', (line: string) => {
      commandLine = line;
      if ('ffmpegProc' in command && command.ffmpegProc instanceof ChildProcess) child = command.ffmpegProc;
      if (child !== undefined && child.pid === undefined) {
        // The wrapper's own listener dereferences buffers that do not exist yet and would bring the process down.
        child.removeAllListeners('error').once('error', settle);
      }
      // The wrapper asks ffmpeg for its formats before the first run; an abort may come while it does.
      if (killed || signal.aborted) kill();
    });
    command.once('end', () => settle());
    command.on('error', (error: Error, _stdout: unknown, stderr: string | null) => {
      settle(new Error(`${error.message}\n${commandLine}\n${stderr ?? ''}`, { cause: error }));
    });
  });
  command.run();

  return {
    outcome,
    async stop() {
      kill();
      await outcome;
      child?.stdout?.destroy();
      for (const { source } of request.inputs) if (typeof source !== 'string') source.destroy();
      if (typeof output !== 'string') output.destroy();
    },
  };
}

/** A stream for `FfmpegRequest.output` which buffers about `bytes` before ffmpeg has to wait for its reader. */
export function createFfmpegOutput(bytes: number): PassThrough {
  // Without the 'close' event, because the wrapper takes that for a failure and starts a timer of its own.
  return new PassThrough({ autoDestroy: false, emitClose: false, readableHighWaterMark: bytes });
}
