import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../src/config.ts';
import { stopDeadlineMs } from '../src/processes/stop-deadlines.ts';
import { supervise } from '../src/processes/supervise.ts';
import { runUntilStopped } from '../src/run-until-stopped.ts';

// Beside this file and with its extension: .ts where types are stripped on the fly, .js in a build.
const entry = fileURLToPath(new URL(`./loop-main${extname(import.meta.url)}`, import.meta.url));

// The supervisor: small, so that nothing in it can crash or leak. The work is done in its child.
await runUntilStopped('supervisor', async ({ config, logger, stopping }) => {
  await supervise({
    entry,
    logger,
    stopping,
    name: 'worker',
    environment: childEnvironment({}),
    graceMs: stopDeadlineMs(config),
    onReady: (said) => process.send?.({ ready: said }),
  });
});
