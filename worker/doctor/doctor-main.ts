import { type Finding, inspect } from '../../src/doctor/finding.ts';
import { runUntilStopped } from '../../src/run-until-stopped.ts';
import {
  inspectBackend,
  inspectConfinement,
  inspectFfmpeg,
  inspectModel,
  listModels,
} from './inspect-engines.ts';
import { inspectTextReading } from './inspect-languages.ts';

// Prints what there is to say of the worker's engines, as a JSON array of findings.
await runUntilStopped('doctor', async ({ config, stopping }) => {
  const findings: Finding[] = [
    await inspect('ffmpeg', () => inspectFfmpeg(config)),
    await inspect('confinement', () => inspectConfinement(config)),
    ...(await inspectTextReading(config, stopping)),
  ];
  const models: Finding[] = [];
  for (const name of await listModels(config)) {
    models.push(await inspect(`model ${name}`, () => inspectModel(config, name)));
  }
  findings.push(...models);
  // Without the model there is nothing that a backend could run, and one problem is told once.
  if (models.every(({ verdict }) => verdict !== 'problem')) {
    findings.push(await inspect('detection', () => inspectBackend(config)));
  }
  process.stdout.write(`${JSON.stringify(findings)}\n`);
});
