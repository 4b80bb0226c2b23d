import { modelsDirectory, readConfig } from '../src/config.ts';
import { toAppError } from '../src/errors.ts';
import { createLogger } from '../src/logger.ts';
import { catalogue } from './detection/models/catalogue.ts';
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
  const { DETECTION_MODEL: name } = config;
  if (Object.hasOwn(catalogue, name)) {
    const model = await ensureModel(modelsDirectory(config), name, { signal: stop.signal });
    const facts = {
      model: name,
      version: model.manifest.version,
      sha256: model.sha256,
      folder: model.directory,
    };
    if (model.fetched) logger.info(facts, 'The detection model was fetched.');
    else logger.debug(facts, 'The detection model is already there.');
  } else {
    logger.debug(
      { model: name },
      'The detection model is none of the catalogue: the worker will look for it.',
    );
  }
} catch (error) {
  logger.error({ err: error }, stop.signal.aborted ? 'Fetching was stopped.' : toAppError(error).message);
  process.exitCode = 1;
}
