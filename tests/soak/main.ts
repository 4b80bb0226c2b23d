/**
 * Many clients, four workers, and something that kills them: see docs/reliability.md. Ends with a table, and with exit
 * code 1 when anything was lost, doubled or not as it must be. SOAK_SECONDS and SOAK_SEED: see soak-settings.ts.
 */
import { formatFindings } from './soak-report.ts';
import { readSoakSettings } from './soak-settings.ts';
import { startSoakStack } from './soak-stack.ts';
import { runSoak } from './run-soak.ts';

const settings = readSoakSettings(process.env);
const begun = performance.now();
const say = (text: string) =>
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}`);

say(`seed ${settings.seed}; run it again with SOAK_SEED=${settings.seed}`);
const stack = await startSoakStack();
let isFine = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say(`stopping on ${signal}`);
    // Whatever is under way fails by that, and nobody wants to know.
    void stack.close({ keepFolder: false }).finally(() => process.exit(130));
  });
}
try {
  const found = await runSoak(stack, settings, say);
  const { mismatches } = found;
  console.log(formatFindings({ ...found, seed: settings.seed, seconds: (performance.now() - begun) / 1000 }));
  for (const text of mismatches) console.error(text);
  isFine = mismatches.length === 0;
} finally {
  await stack.close({ keepFolder: !isFine });
  if (!isFine) {
    console.error(`The logs of all processes are in ${stack.directory}.`);
    process.exitCode = 1;
  }
}
