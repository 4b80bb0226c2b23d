import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { makeSampleVideo } from './make-sample-video.ts';

// Prints the path of the sample video, which is made first when it is not there. The log has its own level, so that
// nothing but the path reaches standard output in a shell's $(...).
const config = readConfig();
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
const logger = createLogger({ level: 'silent', name: 'demo' });
process.stdout.write(`${await makeSampleVideo(config, logger, stop.signal)}\n`);
