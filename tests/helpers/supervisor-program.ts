import { childEnvironment } from '../../src/config.ts';
import { supervise } from '../../src/processes/supervise.ts';
import { runUntilStopped } from '../../src/run-until-stopped.ts';

// As worker/main.ts, over a stand-in: node supervisor-program.ts <child program> <grace ms> <delays: first,longest,reset ms>
const [entry = '', grace = '', delays = ''] = process.argv.slice(2);
const [firstMs = 0, longestMs = 0, resetAfterMs = 0] = delays.split(',').map(Number);

await runUntilStopped('supervisor', async ({ logger, stopping }) => {
  await supervise({
    entry,
    logger,
    stopping,
    name: 'stand-in',
    environment: childEnvironment({}),
    graceMs: Number(grace),
    onReady: (said) => process.send?.({ ready: said }),
    delays: { firstMs, longestMs, resetAfterMs },
  });
});
