import { createSilentLogger } from '../../src/logger.ts';
import { runUntilStopped } from '../../src/run-until-stopped.ts';
import { makeSampleVideo } from './make-sample-video.ts';

// Prints the path of the sample video, which is made first when it is not there, and nothing else: the output is read
// by other programs, so advice about old ffmpeg builds is left to the worker's own log.
await runUntilStopped('demo', async ({ config, stopping }) => {
  process.stdout.write(`${await makeSampleVideo(config, createSilentLogger(), stopping)}\n`);
});
