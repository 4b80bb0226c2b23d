import type { Command } from 'commander';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { findingSchema, inspect, type Finding } from '../../doctor/finding.ts';
import { inspectDataFolder, inspectNode } from '../../doctor/inspect-machine.ts';
import { inspectPorts } from '../../doctor/inspect-ports.ts';
import { EXIT_CODES } from '../command-failure.ts';
import { runCommand } from '../run-command.ts';
import { runWorkerTool } from '../run-tool.ts';

interface DoctorOptions {
  json?: true;
}

/** `foregsyte doctor`: looks whether the service could run on this machine, and how well. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look whether the service can run on this machine, and say what to mend')
    .option('--json', 'print JSON alone: an array of findings')
    .addHelpText('after', '\nExits with 1 when the service could not run.')
    .action((options: DoctorOptions, command: Command) =>
      runCommand(command, async ({ config, stopping }) => {
        const findings = await examine(config, stopping);
        console.log(options.json ? JSON.stringify(findings, null, 2) : describe(findings));
        if (countProblems(findings) > 0) process.exitCode = EXIT_CODES.unexpected;
      }),
    );
}

async function examine(config: Config, signal: AbortSignal): Promise<Finding[]> {
  // Only here, because loading the database's libraries takes longer than most commands.
  const { inspectDatabase } = await import('../../doctor/inspect-database.ts');
  return [
    await inspect('Node.js', inspectNode),
    await inspect('Postgres', () => inspectDatabase(config)),
    ...(await inspectPorts(config)),
    await inspect('data folder', () => inspectDataFolder(config)),
    ...z.array(findingSchema).parse(JSON.parse(await runWorkerTool('doctor/doctor-main.js', [], signal))),
  ];
}

function describe(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const lines = findings.flatMap(({ verdict, subject, found, advice }) => {
    const mark = verdict === 'problem' ? 'PROBLEM' : verdict;
    const line = `${mark.padEnd(7)}  ${subject.padEnd(width)}  ${found}`;
    return advice === undefined ? [line] : [line, `${' '.repeat(width + 11)}-> ${advice}`];
  });
  const problems = countProblems(findings);
  const conclusion =
    problems === 0
      ? 'The service can run on this machine.'
      : `The service cannot run on this machine: mend the ${problems === 1 ? 'problem' : `${problems} problems`} above.`;
  return [...lines, '', conclusion].join('\n');
}

function countProblems(findings: readonly Finding[]): number {
  return findings.filter(({ verdict }) => verdict === 'problem').length;
}
