import { ApolloServerErrorCode } from '@apollo/server/errors';
import { Command } from 'commander';
import { buildSchema, isEnumType, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { configVariables } from '../../../src/config.ts';
import { ERROR_CODE_NAMES } from '../../../src/error-codes.ts';
import { listProjectFiles, readCodeWords, readProjectFile } from './project-files.ts';
import { listRoutes, type Route } from './list-routes.ts';

/** A command of the command line: `keys create`, with its long options and the commands below it. */
export interface CliCommand {
  options: ReadonlySet<string>;
  subcommands: ReadonlySet<string>;
}

/** What documents are compared with: all of it is read from the project itself. */
export interface ProjectFacts {
  files: ReadonlySet<string>;
  readFile(path: string): string;
  scripts: ReadonlySet<string>;
  /** By the words behind `foregsyte`; the empty text is the program itself. */
  commands: ReadonlyMap<string, CliCommand>;
  /** Environment variables, error codes and values of enums of the schema. */
  capitals: ReadonlySet<string>;
  /** Every word of the project's code. */
  words: ReadonlySet<string>;
  schema: GraphQLSchema;
  routes: readonly Route[];
}

/** Reads the facts. @throws Error when a command of src/cli/commands is not part of the program. */
export async function readProjectFacts(): Promise<ProjectFacts> {
  const files = listProjectFiles();
  const schema = buildSchema(readProjectFile('schema.graphql'));
  const { words, toolVariables } = readCodeWords(files);
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readProjectFile('package.json')));
  const enumValues = Object.values(schema.getTypeMap())
    .filter(isEnumType)
    .flatMap((type) => type.getValues().map(({ name }) => name));
  return {
    files: new Set(files),
    readFile: readProjectFile,
    scripts: new Set(Object.keys(scripts)),
    commands: await readCommands(files),
    capitals: new Set([
      ...configVariables,
      ...toolVariables,
      ...ERROR_CODE_NAMES,
      ...enumValues,
      ...Object.values(ApolloServerErrorCode),
    ]),
    words,
    schema,
    routes: listRoutes(files, readProjectFile),
  };
}

/** Builds the program as src/cli/foregsyte.ts does, and reads its commands. */
async function readCommands(files: readonly string[]): Promise<Map<string, CliCommand>> {
  const program = new Command('foregsyte').option('--url <url>').option('--key <key>').version('0');
  const source = readProjectFile('src/cli/foregsyte.ts');
  for (const file of files.filter((path) => path.startsWith('src/cli/commands/'))) {
    const exported = z.record(z.string(), z.unknown()).parse(await import(`../../../${file}`));
    for (const [name, add] of Object.entries(exported)) {
      if (typeof add !== 'function' || !name.startsWith('add')) continue;
      // Others belong to the command that they are a part of, which adds them itself.
      if (!source.includes(`${name}(program);`)) continue;
      Reflect.apply(add, undefined, [program]);
    }
  }
  const commands = new Map<string, CliCommand>();
  const global = program.options.map(({ long }) => long ?? '');
  const walk = (command: Command, name: string): void => {
    commands.set(name, {
      options: new Set(['--help', ...global, ...command.options.map(({ long }) => long ?? '')]),
      subcommands: new Set(command.commands.map((below) => below.name())),
    });
    for (const below of command.commands) walk(below, `${name} ${below.name()}`.trim());
  };
  walk(program, '');
  return commands;
}
