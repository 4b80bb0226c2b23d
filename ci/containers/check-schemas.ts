import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { projectRoot } from '../../src/config.ts';

/** A document of a manifest's file. */
export interface Manifest {
  file: string;
  document: { apiVersion: string; kind: string; metadata: { name: string } };
}

const run = promisify(execFile);
const failure = z.object({ stdout: z.string(), stderr: z.string() });
const MAIN = 'main.mts';
const COMPILER_OPTIONS = {
  ...{
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  },
  ...{ allowImportingTsExtensions: true, noEmit: true },
};

/**
 * What the packages kubernetes-models and @kubernetes-models/keda have against the manifests. Their schemas let unknown
 * fields pass, as the API server does, and a misspelt field would do nothing. Their types do not: each manifest becomes a
 * program that gives it to a constant of its type. These are compiled, and then one is run that validates them all.
 */
export async function complaintsOfSchemas(manifests: readonly Manifest[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'foregsyte-manifests-'));
  try {
    await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
    const programs = manifests.map((each, index) => ({
      name: `${each.file}-${each.document.kind}-${index}.mts`,
      text: programOf(each),
    }));
    programs.push({ name: MAIN, text: mainProgramOf(programs.map(({ name }) => name)) });
    for (const { name, text } of programs) await writeFile(join(folder, name), text);
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.mts'] }),
    );
    const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const complaints = await outputOfFailure([compiler, '--pretty', 'false', '-p', folder], folder);
    if (complaints.length > 0) return complaints;
    return await outputOfFailure(['--disable-warning=ExperimentalWarning', MAIN], folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function programOf({ document }: Manifest): string {
  const { apiVersion, kind } = document;
  const home = apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models';
  return `import { ${kind}, type I${kind} } from '${home}/${apiVersion}/${kind}';
const manifest: I${kind} = ${JSON.stringify(document, null, 2)};
export const model = new ${kind}(manifest);
`;
}

function mainProgramOf(names: readonly string[]): string {
  const imports = names.map((name, index) => `import { model as model${index} } from './${name}';`);
  const models = names.map((name, index) => `['${name}', model${index}],`);
  return `${imports.join('\n')}
for (const [name, model] of [${models.join('\n')}] as const) {
  try {
    model.validate();
  } catch (error) {
    console.log(name + ': ' + String(error));
    process.exitCode = 1;
  }
}
`;
}

/** Runs Node with these arguments; resolves to the lines that it printed if it failed, and to none otherwise. */
async function outputOfFailure(args: readonly string[], folder: string): Promise<string[]> {
  try {
    await run(process.execPath, args, { cwd: folder });
    return [];
  } catch (error) {
    const { stdout, stderr } = failure.parse(error);
    return `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  }
}
