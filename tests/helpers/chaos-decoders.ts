import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testBinaries } from './video-tools.ts';

/** How a stand-in goes wrong with the videos of some jobs; with all others it is the real program. */
export type Misbehaviour =
  /** Does nothing more, nor does a process that it started. */
  | 'hang'
  /** Is ended by a segmentation fault. */
  | 'crash'
  /** Kills the worker that started it. */
  | 'kill-worker'
  /** Writes the file `<program>-waits` and waits until `<program>-goes-on` is there; the first time only. */
  | 'wait';

/** Stand-ins for ffmpeg and ffprobe. */
export interface StandInDecoders {
  environment: { FFMPEG_PATH: string; FFPROBE_PATH: string };
  /** These jobs and no others meet it, from now on. */
  afflict(program: 'ffmpeg' | 'ffprobe', how: Misbehaviour, jobIds: readonly string[]): void;
}

/** `$*` names the video, and so the job. Each list is a file in the folder, one id a line. */
const script = (folder: string, program: string, real: string) => `#!/bin/sh
folder='${folder}'
all="$*"
afflicted() {
  while read -r id; do
    case "$all" in *"$id"*) return 0 ;; esac
  done < "$folder/${program}-$1"
  return 1
}
if afflicted hang; then
  sleep 600 &
  echo "$$ $!" >> "$folder/hanging"
  wait
fi
if afflicted crash; then kill -SEGV $$; fi
if afflicted kill-worker; then kill -KILL $PPID; sleep 600; fi
if afflicted wait && [ ! -e "$folder/${program}-waits" ]; then
  echo "$all" > "$folder/${program}-waits"
  while [ ! -e "$folder/${program}-goes-on" ]; do sleep 0.05; done
fi
exec '${real}' "$@"
`;

/** Makes the stand-ins in `folder`. */
export async function makeStandInDecoders(folder: string): Promise<StandInDecoders> {
  const { ffmpegPath, ffprobePath } = await testBinaries();
  const write = (program: 'ffmpeg' | 'ffprobe', real: string): string => {
    for (const how of ['hang', 'crash', 'kill-worker', 'wait'] as const) afflict(program, how, []);
    const path = join(folder, program);
    writeFileSync(path, script(folder, program, real));
    chmodSync(path, 0o755);
    return path;
  };
  const afflict: StandInDecoders['afflict'] = (program, how, jobIds) =>
    writeFileSync(join(folder, `${program}-${how}`), jobIds.map((id) => `${id}\n`).join(''));
  return {
    afflict,
    environment: { FFMPEG_PATH: write('ffmpeg', ffmpegPath), FFPROBE_PATH: write('ffprobe', ffprobePath) },
  };
}
