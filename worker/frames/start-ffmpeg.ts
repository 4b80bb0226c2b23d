import type { Readable } from 'node:stream';
import createCommand from 'fluent-ffmpeg';
import { MAX_DECODER_THREADS } from './confinement.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { FIRST_FURTHER_OUTPUT, startTool, type ToolRequest, type ToolRun } from './start-tool.ts';

/** One run of ffmpeg; besides: how it is bounded and read. */
export interface FfmpegRequest extends Pick<
  ToolRequest,
  'bufferBytes' | 'onLine' | 'signal' | 'timeoutMs' | 'stallMs'
> {
  /** A source is a file's path or URL; at most one is a stream, which the run then owns. */
  inputs: readonly { source: string | Readable; options: readonly string[] }[];
  /** Filters that have several inputs or outputs, if any. */
  filterGraph?: string;
  /** Each is the options of an output of the run and, if it is a file, its absolute path. */
  outputs: readonly { options: readonly string[]; path?: string }[];
}

/**
 * Starts ffmpeg. The only place that knows fluent-ffmpeg, which is no longer maintained: it composes the command line.
 * Running it is our own part, because the wrapper can neither confine a child nor end what a child has started, and its
 * own questions about formats and encoders cannot be ended at all.
 */
export function startFfmpeg(binaries: FfmpegBinaries, request: FfmpegRequest): ToolRun {
  const { inputs, outputs, filterGraph, ...bounds } = request;
  const command = createCommand();
  for (const { source, options } of inputs) {
    command.input(source).inputOptions('-threads', String(MAX_DECODER_THREADS), ...options);
  }
  if (filterGraph !== undefined) command.complexFilter(filterGraph);
  for (const [index, { options, path }] of outputs.entries()) {
    const descriptor = index === 0 ? 1 : FIRST_FURTHER_OUTPUT + index - 1;
    command.output(path ?? `pipe:${descriptor}`).outputOptions(...options);
  }
  // A private name, but the only way to what the wrapper is for; it will not change any more.
  // oxlint-disable-next-line no-underscore-dangle
  const composed = command._getArguments();
  const input = inputs.map(({ source }) => source).find((source) => typeof source !== 'string');
  return startTool({
    ...bounds,
    program: binaries.ffmpegPath,
    args: [...GLOBAL_OPTIONS, ...composed],
    confinement: binaries.confinement,
    ...(input !== undefined && { input }),
  });
}

/** Log lines carry their level, so that errors can be told from the rest. */
const GLOBAL_OPTIONS = [
  '-hide_banner',
  '-nostdin',
  '-nostats',
  '-loglevel',
  'level+info',
  '-filter_threads',
  String(MAX_DECODER_THREADS),
];
