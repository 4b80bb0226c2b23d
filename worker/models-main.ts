import { modelsDirectory, readConfig } from '../src/config.ts';
import { toAppError } from '../src/errors.ts';
import { createLogger } from '../src/logger.ts';
import { DEFAULT_MODEL } from './detection/models/catalogue.ts';
import { ensureModel } from './detection/models/fetch-model.ts';

const config = readConfig();
const logger = createLogger({ name: 'models', level: config.LOG_LEVEL });
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort(new Error(`Stopped by ${signal}.`));
  });
}

try {
  const model = await ensureModel(modelsDirectory(config), DEFAULT_MODEL, { signal: stop.signal });
  const { name, version } = model.manifest;
  const facts = { model: name, version, sha256: model.sha256, folder: model.directory };
  if (model.fetched) logger.info(facts, 'The detection model was fetched.');
  else logger.debug(facts, 'The detection model is already there.');
} catch (error) {
  logger.error({ err: error }, stop.signal.aborted ? 'Fetching was stopped.' : toAppError(error).message);
  process.exitCode = 1;
}
